#include "gateway/audit/checkpoint_files.h"

#include <fcntl.h>

#include <algorithm>

namespace kerros::audit {
namespace {

constexpr std::size_t kMaxNote = 16 * 1024;  // room for many witnesses
constexpr std::uint64_t kHistoryEveryMs = 10 * 60 * 1000;
constexpr std::string_view kSignatureStart = "\xe2\x80\x94 ";

tl::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::kNotAuthentic, std::move(what));
}

}  // namespace

std::string checkpoint_path(const std::string& directory) { return directory + "/checkpoint"; }
std::string history_path(const std::string& directory) { return directory + "/checkpoints"; }

History split_history(std::string_view text) {
  History history;
  for (;;) {
    const std::size_t body = text.find("\n\n");
    const std::size_t end = body == std::string_view::npos ? body : text.find("\n\n", body + 2);
    if (end == std::string_view::npos) break;
    history.notes.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 2);
  }
  history.rest = text;
  return history;
}

Result<CheckpointFiles> CheckpointFiles::open(std::string directory, const Verifier& verifier,
                                              std::string second_place) {
  CheckpointFiles files(std::move(directory));
  files.second_place_ = std::move(second_place);
  const auto bytes = read_whole(checkpoint_path(files.directory_), kMaxNote);
  if (!bytes && bytes.error().code != ErrorCode::kNotFound) return tl::unexpected(bytes.error());
  if (bytes) {
    auto newest = verifier.open(as_text(*bytes));
    if (!newest) return wrong(newest.error().detail);
    files.newest_ = std::move(*newest);
  }
  if (auto ok = files.open_history(); !ok) return tl::unexpected(ok.error());
  const auto last = files.last_of_history(verifier);
  if (!last) return tl::unexpected(last.error());
  if (*last && !files.newest_) return wrong("the newest checkpoint was removed");
  if (!*last && files.newest_ && files.newest_->size > 0)
    return wrong("the history of checkpoints was removed");
  if (*last && ((*last)->size > files.newest_->size ||
                ((*last)->size == files.newest_->size && (*last)->root != files.newest_->root)))
    return wrong("the checkpoint is older than the history of checkpoints");
  return files;
}

Status CheckpointFiles::open_history() {
  const std::string path = history_path(directory_);
  auto fd = open_file(path, O_RDWR | O_CREAT);
  if (!fd) return tl::unexpected(fd.error());
  const auto size = size_of(fd->get(), path);
  if (!size) return tl::unexpected(size.error());
  history_ = std::move(*fd);
  history_size_ = *size;
  return {};
}

Result<std::optional<Checkpoint>> CheckpointFiles::last_of_history(const Verifier& verifier) {
  const std::string path = history_path(directory_);
  const std::uint64_t start = history_size_ - std::min<std::uint64_t>(history_size_, 4 * kMaxNote);
  Bytes tail(history_size_ - start);
  const auto got = read_at(history_.get(), tail, start, path);
  if (!got) return tl::unexpected(got.error());
  std::string_view text = as_text(ByteView(tail).first(*got));
  if (start > 0) {  // begin at a border: the empty line after a signature
    const std::size_t signature = text.find(std::string("\n\n") + std::string(kSignatureStart));
    const std::size_t border =
        signature == std::string_view::npos ? signature : text.find("\n\n", signature + 2);
    if (border == std::string_view::npos) return wrong("the history of checkpoints is damaged");
    text.remove_prefix(border + 2);
  }
  const History history = split_history(text);
  if (!history.rest.empty()) {
    history_size_ -= history.rest.size();
    if (auto ok = cut_to(history_.get(), history_size_, path); !ok)
      return tl::unexpected(ok.error());
  }
  if (history.notes.empty()) return std::optional<Checkpoint>{};
  auto last = verifier.open(history.notes.back());
  if (!last) return wrong("history of checkpoints: " + last.error().detail);
  return std::optional(std::move(*last));
}

Status CheckpointFiles::put(const Signer& signer, const Checkpoint& checkpoint, Keep keep) {
  const std::string note = signer.sign(checkpoint);
  if (auto ok = replace_file(checkpoint_path(directory_), as_bytes(note)); !ok) return ok;
  newest_ = checkpoint;
  const bool due = checkpoint.time_ms < kept_ms_ ||  // the clock went back
                   checkpoint.time_ms - kept_ms_ >= kHistoryEveryMs;
  if (keep == Keep::kWhenDue && !due) return {};
  if (auto ok = add_to_history(note); !ok) return ok;
  kept_ms_ = checkpoint.time_ms;
  return {};
}

Status CheckpointFiles::add_to_history(std::string_view note) {
  const std::string path = history_path(directory_);
  const std::string entry = std::string(note) + "\n";
  // Written at a remembered place: what an earlier attempt left half done is written over.
  Status added = write_at(history_.get(), as_bytes(entry), history_size_, path);
  if (added) added = sync_data(history_.get(), path);
  if (!added) {
    (void)cut_to(history_.get(), history_size_, path);
    return added;
  }
  history_size_ += entry.size();
  copied_ = copy(entry);
  return {};
}

Status CheckpointFiles::copy(std::string_view entry) const {
  if (second_place_.empty()) return {};
  auto fd = open_file(second_place_, O_WRONLY | O_CREAT | O_APPEND);
  if (!fd) return tl::unexpected(fd.error());
  // With O_APPEND the offset says nothing: somebody else's bytes are never written over.
  if (auto ok = write_at(fd->get(), as_bytes(entry), 0, second_place_); !ok) return ok;
  return sync_data(fd->get(), second_place_);
}

}  // namespace kerros::audit
