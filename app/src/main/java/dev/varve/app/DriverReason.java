package dev.varve.app;

/** Why a driver was chosen, in the order in which the reasons count. */
public enum DriverReason {
    /** {@link VarveConfig#withDriver}, or {@code --driver}. */
    NAMED("named by the caller"),
    /** The environment variable {@code VARVE_DRIVER}. */
    ENVIRONMENT("named by VARVE_DRIVER"),
    /** {@link VarveConfig#withDefaultDriver}. */
    DEFAULT("the configured default"),
    /** The store holds layers of this driver and of no other. */
    PRIOR_STATE("the store holds its layers already"),
    /** {@link VarveConfig#withDriverOrder}, then the others by name. */
    ORDER("the first in order that works here");

    private final String text;

    DriverReason(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
