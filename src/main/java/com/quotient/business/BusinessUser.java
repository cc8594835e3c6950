package com.quotient.business;

/** A user who administers a business. The e-mail address is lower-case and unique across all businesses. */
public record BusinessUser(String id, String businessId, String email) {}
