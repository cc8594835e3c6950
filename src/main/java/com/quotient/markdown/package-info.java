/** The parser of Markdown within limits. */
@NullMarked
package com.quotient.markdown;

import org.jspecify.annotations.NullMarked;
