/** The API of the dashboard: sessions, keys, events and the team, as people manage them. */
@NullMarked
package com.quotient.dashboard;

import org.jspecify.annotations.NullMarked;
