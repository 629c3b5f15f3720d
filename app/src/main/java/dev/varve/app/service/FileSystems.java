package dev.varve.app.service;

import java.util.Map;

/** File systems by the magic number that statfs(2) gives ({@code linux/magic.h}). */
final class FileSystems {
    private static final Map<Long, String> NAMES = Map.ofEntries(Map.entry(0xEF53L, "ext4"),
            Map.entry(0x58465342L, "xfs"), Map.entry(0x9123683EL, "btrfs"), Map.entry(0x01021994L, "tmpfs"),
            Map.entry(0x794c7630L, "overlay"), Map.entry(0x61756673L, "aufs"), Map.entry(0x2FC12FC1L, "zfs"),
            Map.entry(0x65735546L, "fuse"), Map.entry(0x6969L, "nfs"), Map.entry(0xF2F52010L, "f2fs"),
            Map.entry(0xF15FL, "ecryptfs"), Map.entry(0x01021997L, "9p"), Map.entry(0xE0F5E1E2L, "erofs"),
            Map.entry(0xCA451A4EL, "bcachefs"), Map.entry(0x73717368L, "squashfs"));

    private FileSystems() {}

    static String name(long magic) {
        return NAMES.getOrDefault(magic, "0x" + Long.toHexString(magic));
    }
}
