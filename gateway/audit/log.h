// The durable, append-only log: sealed daily segments, a Merkle tree over them, signed checkpoints.
//
//   DIR/segments/2026-11-21.seg   records, sealed (frame.h); leave by retention
//   DIR/tile/...                  the tree (C2SP tlog-tiles), entries included; stays for ever
//   DIR/checkpoint                newest signed tree head (C2SP tlog-checkpoint)
//   DIR/checkpoints               history of them (checkpoint_files.h)
//   DIR/verifier                  the key that checks them, as a vkey of C2SP signed-note
//   DIR/index/2026-11-21.idx      where in a closed segment what is (index.h); leaves with it
//   DIR/cases/NAME.case           records held for an investigation (case_file.h)
//   DIR/lock                      held while somebody has the log open
//
// Appends are queued to one writer thread and become durable in groups (one write and fdatasync);
// completions run on that thread and must not wait for the log. Tiles and checkpoint follow within
// a second on a thread of their own. A checkpoint carries the store head it was made beside.
//
// Errors: kUnavailable when the log cannot be written (disk full, damaged, gone): the caller
// answers 503 and nothing is done. Every append tries again, so the log recovers when the cause is
// gone; a segment that was removed must come back under its name. A record that check() refuses is
// kMalformed.
// Thread safety: any thread. Lifetime: completions still queued at close run with kUnavailable; no
// call may be under way when the log goes. Completions of refused records run on the caller's
// thread before append() returns.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/audit/keys.h"
#include "gateway/audit/query.h"
#include "gateway/audit/record.h"
#include "gateway/audit/store_mark.h"

namespace kerros::audit {

struct LogParams {
  std::string directory;
  // Of the checkpoints: "kerros.NAME/log". One that began again has "/since-" and its time after
  // it.
  std::string origin;
  std::function<StoreMark()> store_mark;  // asked when a checkpoint is written; may be empty
  std::function<std::uint64_t()> now_ms;
  // Intents whose outcome is still to come, as upload sessions that outlive a restart: open()
  // leaves them alone.
  std::vector<std::uint64_t> live_intents = {};
  // The log that stood here is lost: a new one gets an origin of its own, or it would sign a
  // smaller tree than the old one did. Without effect on a log that is there.
  bool begins_again = false;
  std::string second_place = {};   // a file for copies of the checkpoints; may be empty
  unsigned retention_months = 24;  // 0: records stay for ever
  // Asked to take names and users of that age out of the store; may be empty.
  std::function<Status(std::uint64_t before_ms)> forget = {};
};

struct HeldCase {
  std::string name;
  std::uint64_t opened_ms = 0;
  std::uint64_t records = 0;
  Filter filter;
};

class Log {
 public:
  // Opens or begins the log; verifies the last segment and the tree's border against the last
  // checkpoint; writes kAbandoned for every intent without outcome. kNotAuthentic when what is on
  // disk is not what was signed. Takes the lock of the directory (kConflict).
  static Result<std::unique_ptr<Log>> open(LogParams params, Keys keys);
  ~Log();

  void append(Record record, Appended done);
  Result<std::uint64_t> append_and_wait(Record record);  // never from a completion

  // The store head that the newest checkpoint carries; nothing before the first one. It never goes
  // back by itself, also not through open(): a store whose head has a smaller sequence, or the same
  // with another hash, is not the one the log last saw.
  std::optional<StoreMark> last_store_mark() const;
  // An operator said that the store is right as it is: signs its head although it is older.
  Status accept_store();
  // Writes a checkpoint now (also done every second while there is something new, and at close).
  Status checkpoint();

  std::uint64_t size() const;  // records
  Status health() const;  // kUnavailable with the reason from a failed write to the next good one

  // Reading, newest last. `from` is a position (1 is the first record); expired ones are left out.
  Result<std::vector<Record>> read(std::uint64_t from, std::size_t limit) const;
  Result<Page> query(const Filter& filter, std::uint64_t from, std::size_t limit) const;

  // Puts what matches aside under a case that is new when `from` is 1, a page of work at a time:
  // call again with what it returns, until that is 0. What matches later and expires is put aside
  // then. kConflict, kNotFound, kMalformed.
  Result<std::uint64_t> hold(const std::string& name, const Filter& filter, std::uint64_t from);
  Result<std::vector<HeldCase>> cases() const;
  Result<Page> read_case(const std::string& name, std::uint64_t from, std::size_t limit) const;
  Status release(const std::string& name);

  // Builds indexes and lets expire what is due, now instead of within the hour.
  Status keep();
  Status keeping() const;  // how that went last, and the last copy of a checkpoint

 private:
  Log();
  struct State;
  std::unique_ptr<State> state_;
};

// Walks segments, tree, tiles and checkpoints of a log that nobody has open, or that is open
// elsewhere (reads what is durable). With keys also every payload; without them the segments only
// as far as their frames tell, and the signatures by DIR/verifier, which the auditor compares with
// the key he was given. Names the first thing that is wrong: kNotAuthentic with file and position.
// Not seen here: a whole directory put back as it once was. The store mark shows that, or any
// checkpoint kept elsewhere.
struct Verification {
  std::uint64_t records = 0;           // signed
  std::uint64_t expired = 0;           // of them: gone by retention, as a checkpoint says
  std::uint64_t held = 0;              // records in cases, each proven against the tree; with keys
  std::uint64_t store_went_back = 0;   // times; with keys each has its store-accepted
  std::uint64_t unsigned_records = 0;  // durable, and not yet under a checkpoint
  std::uint64_t checkpoints = 0;       // in the history
  std::string last_checkpoint_time;
  std::string verifier;  // the vkey that the signatures were checked with
};
// `older`: checkpoints of this log that were kept elsewhere, one note or a history of them. Whoever
// owns disk and key can write another past, but none that agrees with them.
Result<Verification> verify(const std::string& directory, const std::string& origin,
                            const Keys* keys, std::string_view older = {});

}  // namespace kerros::audit
