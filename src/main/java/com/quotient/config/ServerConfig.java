package com.quotient.config;

/** What concerns all sockets of the process, those of the API and those to the database. */
public record ServerConfig(IoTransport transport) {}
