/** The pieces of a request, each by itself; those that a package keeps to itself are measured in that package. */
package com.quotient.bench.pieces;
