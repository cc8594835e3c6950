package com.quotient.memory;

import java.time.Instant;

/**
 * What was archived in one go.
 *
 * @param id of the document or the folder that was named
 * @param path of a folder with a slash at its end
 * @param items folders and documents, itself included
 */
public record ArchivedMemory(String id, String path, Instant archivedAt, long items) {}
