/** The blog: posts, authors and tags, Markdown and content trees, and cached reads. */
@NullMarked
package com.quotient.blog;

import org.jspecify.annotations.NullMarked;
