<?php
/* Plugin Name: Candor receipt - put this file into wp-content/mu-plugins/; it shows the writer the receipt after posting. */
add_filter( 'http_request_args', function ( $args, $url ) {
	$asks = preg_match( '#/1\.[12]/comment-check$#', $url ) && is_string( $args['body'] );
	if ( $asks && false === strpos( $args['body'], 'candor_receipt=1' ) ) {
		$args['body'] .= '&candor_receipt=1';
	}
	return $args;
}, 10, 2 );
add_action( 'akismet_comment_check_response', function ( $response ) {
	$GLOBALS['candor_receipt'] = isset( $response[0]['x-candor-receipt'] ) ? $response[0]['x-candor-receipt'] : '';
} );
add_filter( 'comment_post_redirect', function ( $to ) {
	$receipt = isset( $GLOBALS['candor_receipt'] ) ? $GLOBALS['candor_receipt'] : '';
	return $receipt ? strtok( $to, '#' ) . '#candor-receipt=' . rawurlencode( $receipt ) : $to;
} );
add_action( 'wp_footer', function () { ?>
	<script>
	(function () {
		var found = location.hash.match(/^#candor-receipt=(.+)$/), receipt = found && decodeURIComponent(found[1]);
		if (!receipt || !/^https?:\/\//.test(receipt)) return;
		history.replaceState(null, '', location.pathname + location.search);
		var said = document.createElement('p'), link = document.createElement('a');
		said.setAttribute('role', 'status');
		link.href = receipt;
		link.textContent = 'Your receipt: see what becomes of your comment. Keep this link.';
		said.appendChild(link);
		var place = document.getElementById('respond') || document.body;
		place.insertBefore(said, place.firstChild);
	})();
	</script>
<?php } );
