/** The API as a real browser meets it, with the browser's own cross-origin rules between the page and the server. */
@NullMarked
package com.quotient.browser;

import org.jspecify.annotations.NullMarked;
