// Coalesces reads: one intent for a caller, a key and five minutes, closed by one record.
//
// A reader begins, is told what must be durable before the first plaintext byte, notes what it
// released and ends. Pure: time is an argument and nothing is written here; the caller appends the
// intents and, for every window that take_due() gives back, one kReadDone. A window stays open
// while somebody reads in it, however long; who begins after its five minutes gets a new one.
//
// Thread safety: one owner, or a lock around it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crypto/header.h"
#include "crypto/result.h"

namespace kerros::audit {

struct ReadKey {
  std::string caller;
  crypto::Id key{};
  auto operator<=>(const ReadKey&) const = default;
};

struct ReadLimits {
  std::chrono::milliseconds length = std::chrono::minutes(5);
  std::size_t windows = 4096;  // beyond: the oldest in which nobody reads is closed early
  std::size_t ranges = 64;     // listed; beyond them only the totals count on
};

struct ReadRange {  // [begin, end) of the plaintext
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool operator==(const ReadRange&) const = default;
};

// What one window saw, for its record.
struct ClosedRead {
  ReadKey key;
  std::uint64_t intent = 0;  // position in the log
  std::uint64_t reads = 0;
  std::uint64_t bytes = 0;        // released, a byte read twice counted twice
  std::vector<ReadRange> ranges;  // in order, merged
  bool all_listed = true;
};
// "bytes", "reads", "ranges" ("0-1023,4096-8191", last byte included, "..." when more were read),
// for Record::details.
std::vector<std::pair<std::string, std::string>> details_of(const ClosedRead& closed);

enum class Admission {
  kWriteIntent,  // append an intent, then call intent_durable() or intent_failed()
  kWait,         // another reader is writing it; it reports through the same two calls
  kCovered,      // go
};

using WindowId = std::uint64_t;

class ReadWindows {
 public:
  explicit ReadWindows(ReadLimits limits = {}) : limits_(limits) {}

  struct Admitted {
    Admission admission;
    WindowId window;
    std::uint64_t intent;  // its position, when covered
  };
  // The reader counts as reading until end(). kFull: every window is in use.
  Result<Admitted> begin(const ReadKey& key, std::uint64_t now_ms);
  void intent_durable(WindowId id, std::uint64_t position);
  // The window is gone, with everybody who waits in it: they release nothing and do not call end().
  void intent_failed(WindowId id);

  void released(WindowId id, std::uint64_t offset, std::uint64_t length);
  void end(WindowId id);

  std::vector<ClosedRead> take_due(std::uint64_t now_ms);
  std::vector<ClosedRead> take_all();  // at close: also those in which somebody reads
  std::size_t open() const { return windows_.size(); }
  bool is_open(WindowId window) const { return windows_.contains(window); }

 private:
  struct Window {
    ClosedRead seen;
    std::uint64_t began_ms = 0;
    std::size_t readers = 0;
    bool durable = false;
  };
  using Windows = std::map<WindowId, Window>;  // in the order of their beginning
  Windows::iterator close(Windows::iterator window);
  bool make_room();
  static bool is_idle(const Window& window);
  bool is_over(const Window& window, std::uint64_t now_ms) const;

  ReadLimits limits_;
  Windows windows_;
  std::map<ReadKey, WindowId> current_;
  std::vector<ClosedRead> closed_;
  WindowId last_ = 0;
};

}  // namespace kerros::audit
