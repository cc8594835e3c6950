/** What the dashboard asks of the server: sessions, and keys, events and the team as people manage them. */
@NullMarked
package com.quotient.dashboard;

import org.jspecify.annotations.NullMarked;
