package dev.varve.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.Test;

/** Who can hold a lease. */
class LeaseServiceTest {
    private final ProcessHandle self = ProcessHandle.current();

    @Test
    void theProcessThatTookItHoldsIt() {
        assertThat(LeaseService.isHeldBy(Optional.of(self), Instant.now())).isTrue();
        assertThat(LeaseService.isHeldBy(Optional.of(self), self.info().startInstant().orElseThrow())).isTrue();
    }

    @Test
    void aProcessThatBeganLaterHasOnlyTheSameNumber() {
        Instant before = self.info().startInstant().orElseThrow().minusSeconds(3);
        assertThat(LeaseService.isHeldBy(Optional.of(self), before)).isFalse();
    }

    @Test
    void nobodyHoldsItOnceTheProcessIsGone() {
        assertThat(LeaseService.isHeldBy(Optional.empty(), Instant.now())).isFalse();
    }
}
