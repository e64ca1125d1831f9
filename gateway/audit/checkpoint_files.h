// The newest checkpoint (DIR/checkpoint) and the history of them (DIR/checkpoints).
//
// The history only grows: notes one after another, each followed by an empty line, one at most
// every ten minutes besides those at open, at close and on request. The newest is replaced first
// and then added to the history, so that a history ahead of it means that somebody put it back.
//
// What goes into the history is also written to the end of a file elsewhere, where one is named.
// A second place that cannot be written stops nothing: copied() tells, and the next note tries
// again. What it missed by then it does not get: any later note says all that an earlier one did.
//
// Thread safety: one owner.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/audit/files.h"
#include "gateway/audit/note.h"

namespace kerros::audit {

std::string checkpoint_path(const std::string& directory);
std::string history_path(const std::string& directory);

// Cuts a history into its notes. `rest` is what follows the last whole one.
struct History {
  std::vector<std::string_view> notes;
  std::string_view rest;
};
History split_history(std::string_view text);

class CheckpointFiles {
 public:
  // kNotAuthentic: one of the two is missing, bears no signature of ours, or is older than it can
  // be. Cuts a history whose last note was never written whole.
  static Result<CheckpointFiles> open(std::string directory, const Verifier& verifier,
                                      std::string second_place = "");

  const std::optional<Checkpoint>& newest() const { return newest_; }
  enum class Keep { kInHistory, kWhenDue };
  Status put(const Signer& signer, const Checkpoint& checkpoint, Keep keep);  // durable
  const Status& copied() const { return copied_; }  // the last note, to the second place

 private:
  explicit CheckpointFiles(std::string directory) : directory_(std::move(directory)) {}
  Status open_history();
  Result<std::optional<Checkpoint>> last_of_history(const Verifier& verifier);
  Status add_to_history(std::string_view note);
  Status copy(std::string_view entry) const;

  std::string directory_, second_place_;
  Status copied_;
  std::optional<Checkpoint> newest_;
  Fd history_;
  std::uint64_t history_size_ = 0;
  std::uint64_t kept_ms_ = 0;  // time of the last one that went into the history
};

}  // namespace kerros::audit
