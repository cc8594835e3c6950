/** The blog: posts, authors and tags, Markdown and content trees, and reads that mostly cost no SQL. */
@NullMarked
package com.quotient.blog;

import org.jspecify.annotations.NullMarked;
