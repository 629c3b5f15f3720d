package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkplaceTest {
    @TempDir
    private Path directory;

    @Test
    void theTourWorksWhereTheUserWants() throws Exception {
        assertThat(Workplace.base(Optional.of(directory.toString()))).isEqualTo(directory);
    }

    @Test
    void aDirectoryThatIsNotThereIsNamedWithWhatToDo() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> Workplace.base(Optional.of(missing.toString())))
                .isInstanceOfSatisfying(CliException.class, e -> {
                    assertThat(e).hasMessageContaining(missing.toString());
                    assertThat(e.hint()).contains("TMPDIR");
                });
    }
}
