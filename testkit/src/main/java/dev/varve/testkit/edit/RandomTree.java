package dev.varve.testkit.edit;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.testkit.fake.MemorySyscalls;

/**
 * A tree in memory, and the edits that made it of an empty one, so that it can be made elsewhere. Trees of one seed begin
 * alike. For one thread.
 */
public final class RandomTree implements AutoCloseable {
    private static final Instant BEGINNING = Instant.parse("2020-02-02T02:02:02.123456789Z");
    private static final long STEP = 1_234_567_891L;
    private static final int MOST_TO_BEGIN = 60;
    /** Longer than any story. */
    private static final int PAUSE = 100_000;
    private final Directory root;
    private final List<Step> steps = new ArrayList<>();
    private long clock;

    private RandomTree(Directory root) {
        this.root = root;
    }

    private record Step(Edit edit, Instant time) {}

    /** @param marks see {@link EditGenerator} */
    public static RandomTree of(long seed, HostFacts host, boolean marks) throws VarveException {
        RandomTree tree = new RandomTree(MemorySyscalls.create(host.uid(), host.gid()).directory(Path.of("/")));
        Editor editor = Editor.of(tree.root);
        // The root of a fresh layer is not what a fresh directory is.
        tree.add(editor, new Edit.SetMode(EntryPath.ROOT, 0755));
        tree.add(editor, new Edit.SetTime(EntryPath.ROOT, BEGINNING));
        EditGenerator generator = new EditGenerator(seed, Rights.of(host), marks);
        for (int i = generator.between(0, MOST_TO_BEGIN); i > 0; i--) {
            tree.add(editor, generator.nextOfMaking(tree.root));
        }
        return tree;
    }

    /** Lets time go by, so that nothing that is done from now on has the time of what was done elsewhere until now. */
    public void pause() {
        clock += PAUSE;
    }

    /** Goes on with so many edits of any kind, and adds them to the story as they come. */
    public void change(EditGenerator generator, Editor editor, int count, List<Object> story) throws VarveException {
        for (int i = 0; i < count; i++) {
            Edit edit = generator.next(root);
            story.add(edit);
            add(editor, edit);
        }
    }

    private void add(Editor editor, Edit edit) throws VarveException {
        clock++;
        Step step = new Step(edit, BEGINNING.plusNanos(STEP * clock));
        steps.add(step);
        editor.apply(edit, step.time());
    }

    /** Its root, which it closes. */
    public Directory root() {
        return root;
    }

    /** All of them so far. */
    public List<Edit> edits() {
        return steps.stream().map(Step::edit).toList();
    }

    /** Carries edits out elsewhere: those from number {@code from} on. */
    public void repeat(Editor editor, int from) throws VarveException {
        for (Step step : steps.subList(from, steps.size())) {
            try {
                editor.apply(step.edit(), step.time());
            } catch (VarveException e) {
                throw new AssertionError(step.edit() + ": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
