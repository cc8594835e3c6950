package com.quotient.bus;

/** A message that stays in this process. Implementations are immutable, so sender and receiver share one object. */
public interface LocalMessage {}
