// Remembers for a short while what upstream said about where something lies, per caller.
//
// Only saves look-ups: the request itself still goes upstream with the caller's own token. Entries
// that let bytes pass unsealed live at most 30 seconds.
//
// Thread safety: one thread. Lifetime: owns its entries, at most kMaxEntries.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

namespace kerros::io {

struct Placed {
  std::string drive_id;
  std::string item_id;  // empty for a folder remembered by its path alone
  std::string path;     // decoded, from the drive's root
};

class PlaceCache {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kLife = std::chrono::seconds(30);
  static constexpr std::size_t kMaxEntries = 4096;

  std::optional<Placed> find(const std::string& key, Clock::time_point now) const {
    const auto found = entries_.find(key);
    if (found == entries_.end() || now >= found->second.until) return std::nullopt;
    return found->second.placed;
  }
  void put(const std::string& key, Placed placed, Clock::time_point now) {
    if (entries_.size() >= kMaxEntries) entries_.clear();
    entries_[key] = Entry{std::move(placed), now + kLife};
  }

 private:
  struct Entry {
    Placed placed;
    Clock::time_point until;
  };
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace kerros::io
