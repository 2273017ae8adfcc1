<?php
/* Plugin Name: Candor notice - put this file into wp-content/mu-plugins/ and set the address of your site's notice. */
const CANDOR_NOTICE = 'https://candor.example/sites/blog.example/comment-data';
add_filter( 'akismet_comment_form_privacy_notice', fn() => 'display' );
add_filter( 'akismet_comment_form_privacy_notice_markup', fn() => sprintf(
	'<p class="akismet_comment_form_privacy_notice"><a href="%s" rel="privacy-policy">%s</a></p>',
	esc_url( CANDOR_NOTICE ), esc_html( 'Learn how your comment data is processed' )
) );
