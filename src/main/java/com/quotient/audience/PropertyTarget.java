package com.quotient.audience;

/** The kind of record that a custom property belongs to. */
enum PropertyTarget {
    PERSON,
    COMPANY
}
