/** Flows: enrolment, and webhooks sent from an outbox in Postgres. */
@NullMarked
package com.quotient.flow;

import org.jspecify.annotations.NullMarked;
