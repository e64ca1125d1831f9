// The walk of an auditor over a log: nothing here is taken from memory of the writer.
#include <algorithm>
#include <charconv>

#include "gateway/audit/checkpoint_files.h"
#include "gateway/audit/log.h"
#include "gateway/audit/segment.h"
#include "gateway/audit/tiles.h"

namespace kerros::audit {
namespace {

constexpr std::size_t kMaxHistory = std::size_t{1} << 30;

tl::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::kNotAuthentic, std::move(what));
}

// What cannot be read at all is told as it is; every other damage has one code.
tl::unexpected<Error> damage(const std::string& where, const Error& error) {
  if (error.code == ErrorCode::kUnavailable) return tl::unexpected(error);
  return wrong(where + ": " + error.detail);
}

class Walk {
 public:
  Walk(const std::string& directory, const Keys* keys) : directory_(directory), keys_(keys) {}
  Status find_verifier(const std::string& origin);
  Status read_checkpoints();
  Status walk_tree();
  Status walk_segments();
  Verification result() const;

 private:
  Status compare(const Tile& tile) const;
  Status compare_older_forms(const Tile& tile) const;
  Status compare_roots(const TileTree& tree);
  Status walk_segment(const std::string& name, bool last);
  Status check_record(const SegmentHead& head, const SegmentReader::Frame& frame,
                      EntryReader& entries) const;

  const std::string& directory_;
  const Keys* keys_;
  std::optional<Verifier> verifier_;
  Checkpoint newest_;
  std::vector<Checkpoint> history_;
  std::size_t compared_ = 0;       // of the history
  std::uint64_t in_segments_ = 0;  // records counted
};

Status Walk::find_verifier(const std::string& origin) {
  const auto text = read_whole(directory_ + "/verifier", 4096);
  if (!text) return damage("verifier", text.error());
  if (text->empty() || text->back() != '\n') return wrong("verifier: it is not whole");
  auto named = Verifier::parse(as_text(*text).substr(0, text->size() - 1));
  if (!named) return damage("verifier", named.error());
  if (named->origin() != origin) return wrong("verifier: it is of another log");
  if (keys_ != nullptr) {
    const auto signer = Signer::make(origin, keys_->sign.reveal());
    if (!signer) return tl::unexpected(signer.error());
    if (signer->verifier().text() != named->text())
      return wrong("verifier: it names another key than ours");
  }
  verifier_ = std::move(*named);
  return {};
}

// The history before the newest, so that a log that is being written never looks put back.
Status Walk::read_checkpoints() {
  const auto text = read_whole(history_path(directory_), kMaxHistory);
  if (!text) return damage("checkpoints", text.error());
  const History history = split_history(as_text(*text));
  for (const std::string_view note : history.notes) {
    auto one = verifier_->open(note);
    const std::string where = "checkpoints: note " + std::to_string(history_.size() + 1);
    if (!one) return damage(where, one.error());
    if (!history_.empty() && one->size < history_.back().size)
      return wrong(where + " signs a smaller tree than the one before it");
    history_.push_back(std::move(*one));
  }
  if (!history.rest.empty()) return wrong("checkpoints: the last note is not whole");
  const auto bytes = read_whole(checkpoint_path(directory_), kMaxHistory);
  if (!bytes) return damage("checkpoint", bytes.error());
  auto newest = verifier_->open(as_text(*bytes));
  if (!newest) return damage("checkpoint", newest.error());
  newest_ = std::move(*newest);
  if (history_.empty() && newest_.size > 0) return wrong("checkpoints: they were removed");
  if (!history_.empty() && history_.back().size > newest_.size)
    return wrong("checkpoint: it is older than the last one in the history");
  return {};
}

Status Walk::compare(const Tile& tile) const {
  const std::string name = tile_path(tile.level, tile.index, tile.hashes.size());
  const auto stored = read_tile(directory_, tile.level, tile.index, tile.hashes.size());
  if (!stored) return damage(name, stored.error());
  const auto [ours, theirs] =
      std::mismatch(tile.hashes.begin(), tile.hashes.end(), stored->begin());
  if (ours == tile.hashes.end()) return {};
  return wrong(name + ": hash " + std::to_string(ours - tile.hashes.begin()) +
               " is not that of what lies below it");
}

// Unfinished forms that older checkpoints needed and that still stand.
Status Walk::compare_older_forms(const Tile& tile) const {
  const std::string folder = tile_path(tile.level, tile.index, kTileWidth) + ".p";
  if (!exists(directory_ + "/" + folder)) return {};
  const auto names = names_in(directory_ + "/" + folder);
  if (!names) return damage(folder, names.error());
  for (const std::string& name : *names) {
    std::size_t width = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), width);
    if (error != std::errc{} || end != name.data() + name.size() || width == 0 ||
        width > tile.hashes.size())
      continue;  // being written, or of a checkpoint to come
    Tile older = tile;
    older.hashes.resize(width);
    if (auto ok = compare(older); !ok) return ok;
  }
  return {};
}

Status Walk::compare_roots(const TileTree& tree) {
  for (; compared_ < history_.size() && history_[compared_].size == tree.size(); ++compared_)
    if (history_[compared_].root != tree.root())
      return wrong("checkpoints: note " + std::to_string(compared_ + 1) +
                   " signs another tree than the one that stands");
  return {};
}

Status Walk::walk_tree() {
  EntryReader entries(directory_, newest_.size);
  TileTree tree;
  if (auto ok = compare_roots(tree); !ok) return ok;
  while (tree.size() < newest_.size) {
    const auto entry = entries.at(tree.size());
    if (!entry) return damage("entry " + std::to_string(tree.size()), entry.error());
    for (const Tile& tile : tree.append(*entry))
      if (auto ok = compare(tile); !ok) return ok;
    if (auto ok = compare_roots(tree); !ok) return ok;
  }
  for (const Tile& tile : tree.unfinished()) {
    if (auto ok = compare(tile); !ok) return ok;
    if (auto ok = compare_older_forms(tile); !ok) return ok;
  }
  if (tree.root() != newest_.root) return wrong("checkpoint: it signs another tree");
  return {};
}

Status Walk::walk_segments() {
  const auto names = segment_names(directory_);
  if (!names) return damage("segments", names.error());
  for (const std::string& name : *names)
    if (auto ok = walk_segment(name, name == names->back()); !ok) return ok;
  if (in_segments_ >= newest_.size) return {};
  return wrong("segments: they end at record " + std::to_string(in_segments_) + ", but " +
               std::to_string(newest_.size) + " were signed");
}

Status Walk::walk_segment(const std::string& name, bool last) {
  auto reader = SegmentReader::open(directory_, name);
  const std::string where = "segments/" + name + ".seg";
  if (!reader) return damage(where, reader.error());
  if (reader->first() != in_segments_ + 1)
    return wrong(where + ": it begins with record " + std::to_string(reader->first()) + ", not " +
                 std::to_string(in_segments_ + 1));
  SegmentHead head;
  if (keys_ != nullptr) {
    auto opened = reader->unseal(keys_->seal.reveal());
    if (!opened) return damage(where, opened.error());
    head = std::move(*opened);
  }
  EntryReader entries(directory_, newest_.size);
  for (;;) {
    const auto frame = reader->next();
    const bool torn = !frame && frame.error().code == ErrorCode::kTruncated && last &&
                      in_segments_ >= newest_.size;  // being written, or a write that was cut
    if (torn || (frame && !*frame)) return {};
    if (!frame) return damage(where, frame.error());
    if (keys_ != nullptr)
      if (auto ok = check_record(head, **frame, entries); !ok) return damage(where, ok.error());
    in_segments_ = (*frame)->position;
  }
}

Status Walk::check_record(const SegmentHead& head, const SegmentReader::Frame& frame,
                          EntryReader& entries) const {
  const std::string where = "record " + std::to_string(frame.position);
  const auto payload = open_frame(keys_->seal.reveal(), head.name, frame.position, frame.sealed);
  if (!payload) return damage(where, payload.error());
  if (const auto record = decode(*payload); !record) return damage(where, record.error());
  if (frame.position > newest_.size) return {};
  const auto signed_entry = entries.at(frame.position - 1);
  if (!signed_entry) return damage(where, signed_entry.error());
  if (*signed_entry != leaf_entry(keys_->salt.reveal(), head, frame.position, *payload))
    return wrong(where + ": it is not the one in the tree");
  return {};
}

Verification Walk::result() const {
  return {newest_.size, in_segments_ - newest_.size, history_.size(), newest_.time,
          verifier_->text()};
}

}  // namespace

Result<Verification> verify(const std::string& directory, const std::string& origin,
                            const Keys* keys) {
  if (!exists(directory)) return fail(ErrorCode::kNotFound, "no audit log in " + directory);
  Walk walk(directory, keys);
  if (auto ok = walk.find_verifier(origin); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.read_checkpoints(); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.walk_tree(); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.walk_segments(); !ok) return tl::unexpected(ok.error());
  return walk.result();
}

}  // namespace kerros::audit
