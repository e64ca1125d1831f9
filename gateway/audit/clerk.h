// Keeps the tree: tiles and checkpoints follow the durable records on a thread of their own, so
// that no append waits for them.
//
// A round asks for the store's head first, then takes the entries that have come, writes their
// tiles, makes them durable and signs. So a checkpoint never claims more of the store than it has.
// It never claims less than the one before either: a store with a smaller sequence is an old copy,
// and the mark that shows it must not be overwritten before somebody has looked. accept_store()
// does that.
//
// Thread safety: any thread. `store_mark` and `now_ms` are called on the clerk's thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gateway/audit/checkpoint_files.h"
#include "gateway/audit/frame.h"
#include "gateway/audit/tiles.h"

namespace kerros::audit {

class Clerk {
 public:
  struct Start {
    std::string directory;
    Signer signer;
    CheckpointFiles checkpoints;  // with a newest one
    TileTree tree;                // as the newest checkpoint signs it
    std::function<StoreMark()> store_mark;
    std::function<std::uint64_t()> now_ms;
  };
  explicit Clerk(Start start);
  ~Clerk();  // stop()

  void add(std::span<const Digest> entries);  // the next ones, durable
  Status checkpoint();
  Status accept_store();
  // Signs that records before this position have expired; never takes back what it said before.
  Status keep_from(std::uint64_t position);
  void stop();  // after a last checkpoint; checkpoint() is kUnavailable from then on

  std::optional<StoreMark> last_store_mark() const;
  Status health() const;  // of the last round
  Status copied() const;  // of the last note, to the second place

 private:
  enum class Round { kTimed, kAsked, kAccept };
  Status ask(Round round);
  void run();
  Status work(Round round);
  Status write_tiles();
  std::optional<StoreMark> mark_to_sign(StoreMark seen, Round round) const;

  Start start_;
  std::uint64_t signed_size_;
  std::vector<Tile> whole_;  // completed and not yet durable

  mutable std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<Digest> waiting_;
  std::optional<Round> asked_;
  std::uint64_t asked_number_ = 0, done_number_ = 0;
  Status health_;
  std::optional<StoreMark> last_mark_;
  std::uint64_t kept_;
  Status copied_;
  bool stopping_ = false;
  std::thread thread_;  // last: everything else is there when it begins
};

}  // namespace kerros::audit
