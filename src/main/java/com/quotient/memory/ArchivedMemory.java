package com.quotient.memory;

import java.time.Instant;

/**
 * The documents and folders archived by one request.
 *
 * @param id the id of the archived document or folder
 * @param path its path; a folder's ends with a slash
 * @param items the number of folders and documents, itself included
 */
public record ArchivedMemory(String id, String path, Instant archivedAt, long items) {}
