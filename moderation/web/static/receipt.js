// Copies the receipt's token from the address into the field; nothing leaves the browser before the button is pressed.
// The address is then cleared of it, so that a copied or photographed address does not open the comment.
const field = document.getElementById("token");
const token = location.hash.slice(1);
if (field && token) {
  field.value = token;
  history.replaceState(null, "", location.pathname);
}
