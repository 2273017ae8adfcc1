// Copies the receipt's token from the address into the field; nothing leaves the browser before the button is pressed.
const field = document.getElementById("token");
const token = location.hash.slice(1);
if (field && token) {
  field.value = token;
  history.replaceState(null, "", location.pathname);
}
