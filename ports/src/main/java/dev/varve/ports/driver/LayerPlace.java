package dev.varve.ports.driver;

import java.nio.file.Path;

import dev.varve.domain.layer.LayerNumber;

/**
 * The directory that one layer has for itself. What is in it is the driver's affair, but for the names
 * {@code framing} and {@code replaced}, which are taken; where it is, is not: a layer is made in one place and moved to
 * another when it is complete.
 */
public record LayerPlace(LayerNumber number, Path directory) {}
