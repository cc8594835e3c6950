package com.quotient.ops;

import java.lang.management.ManagementFactory;
import java.util.List;

/** The cache of loaded classes that Java may be given. Java starts without one that does not fit, only more slowly. */
final class AotCache {
    private AotCache() {}

    /** Whether this process was given a cache and does not use it. */
    static boolean isIgnored() {
        return isIgnored(
                ManagementFactory.getRuntimeMXBean().getInputArguments(), System.getProperty("java.vm.info", ""));
    }

    /**
     * The same of any process.
     *
     * @param vmInfo its property {@code java.vm.info}, which holds "sharing" while a file of classes is in use; a cache
     *     that was given and does not fit is replaced by none
     */
    static boolean isIgnored(List<String> arguments, String vmInfo) {
        return arguments.stream().anyMatch(argument -> argument.startsWith("-XX:AOTCache="))
                && !vmInfo.contains("sharing");
    }
}
