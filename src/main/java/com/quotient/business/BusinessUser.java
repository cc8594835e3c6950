package com.quotient.business;

/** Somebody who administers a business; the e-mail address is lower-case and unique over all businesses. */
public record BusinessUser(String id, String businessId, String email) {}
