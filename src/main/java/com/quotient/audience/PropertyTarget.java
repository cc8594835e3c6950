package com.quotient.audience;

/** What a custom property belongs to. */
enum PropertyTarget {
    PERSON,
    COMPANY
}
