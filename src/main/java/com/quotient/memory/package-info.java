/** Memory: a tree of folders and Markdown documents, and a search over them. */
@NullMarked
package com.quotient.memory;

import org.jspecify.annotations.NullMarked;
