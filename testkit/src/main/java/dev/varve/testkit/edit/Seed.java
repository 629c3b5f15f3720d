package dev.varve.testkit.edit;

/**
 * Where randomness begins, and how much of it there is: {@code -Dvarve.seed} and {@code -Dvarve.sequences}. Run
 * {@code n} of a test has the seed {@code first + n}, so a failure is run again alone by its own seed and one sequence.
 */
public record Seed(long first, int sequences) {
    /** The properties, or else a seed of the clock and so many sequences; printed. */
    public static Seed of(String what, int sequences) {
        Seed seed = new Seed(Long.getLong("varve.seed", System.nanoTime() & 0xffff_ffffL),
                Integer.getInteger("varve.sequences", sequences));
        System.out.println("[" + what + "] " + seed.sequences + " sequences, -Dvarve.seed=" + seed.first);
        return seed;
    }

    /** How to run the one again that has this seed. */
    public static String again(long seed) {
        return "run again with -Dvarve.seed=" + seed + " -Dvarve.sequences=1";
    }
}
