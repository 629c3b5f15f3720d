package dev.varve.ports.driver;

import java.nio.file.Path;

import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.TreeForm;

/**
 * The directory that one layer has for itself. What is in it is the driver's affair, but for the names
 * {@code framing} and {@code replaced}, which are taken; where it is, is not: a layer is made in one place and moved to
 * another when it is complete.
 *
 * @param form how the layer keeps its content, as the driver said when it was made
 */
public record LayerPlace(LayerNumber number, Path directory, TreeForm form) {}
