// The walk of an auditor over a log: nothing here is taken from memory of the writer.
#include <algorithm>
#include <charconv>

#include "gateway/audit/case_file.h"
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

// Each begins with the origin in a line of its own and goes on to where the next one begins.
std::vector<std::string_view> notes_in(std::string_view text, const std::string& origin) {
  const std::string line = origin + "\n";
  std::vector<std::string_view> notes;
  for (std::size_t at = text.find(line); at != std::string_view::npos;) {
    const std::size_t next = text.find(line, at + line.size());
    std::string_view note = text.substr(at, next - at);
    while (note.ends_with("\n\n")) note.remove_suffix(1);
    notes.push_back(note);
    at = next;
  }
  return notes;
}

class Walk {
 public:
  Walk(const std::string& directory, const Keys* keys) : directory_(directory), keys_(keys) {}
  Status find_verifier(const std::string& origin);
  Status read_older(std::string_view notes);
  Status read_checkpoints();
  Status walk_tree();
  Status walk_segments();
  Status walk_cases();
  Status compare_store_marks();
  Verification result() const;

 private:
  Status compare(const Tile& tile) const;
  Status compare_older_forms(const Tile& tile) const;
  Status compare_roots(const TileTree& tree);
  void begin_at(const std::string& name);
  Status walk_segment(const std::string& name, bool last);
  Status check_record(const SegmentHead& head, const SegmentReader::Frame& frame,
                      EntryReader& entries);
  Status compare_with_older(const TileTree& tree);

  const std::string& directory_;
  const Keys* keys_;
  std::optional<Verifier> verifier_;
  Checkpoint newest_;
  std::vector<Checkpoint> history_;
  std::vector<Checkpoint> older_;  // kept elsewhere, the smallest first
  std::size_t compared_ = 0;       // of the history
  std::size_t compared_older_ = 0;
  std::vector<std::uint64_t> accepted_;  // positions of records that a store was accepted
  std::uint64_t went_back_ = 0, held_ = 0, first_ = 1;
  std::uint64_t in_segments_ = 0;  // records counted
};

Status Walk::find_verifier(const std::string& origin) {
  const auto text = read_whole(directory_ + "/verifier", 4096);
  if (!text) return damage("verifier", text.error());
  if (text->empty() || text->back() != '\n') return wrong("verifier: it is not whole");
  auto named = Verifier::parse(as_text(*text).substr(0, text->size() - 1));
  if (!named) return damage("verifier", named.error());
  if (!is_origin_of(named->origin(), origin)) return wrong("verifier: it is of another log");
  if (keys_ != nullptr) {
    const auto signer = Signer::make(named->origin(), keys_->sign.reveal());
    if (!signer) return tl::unexpected(signer.error());
    if (signer->verifier().text() != named->text())
      return wrong("verifier: it names another key than ours");
  }
  verifier_ = std::move(*named);
  return {};
}

Status Walk::read_older(std::string_view notes) {
  Error first{ErrorCode::kNotAuthentic, "it is not of this log"};
  for (const std::string_view note : notes_in(notes, verifier_->origin())) {
    auto one = verifier_->open(note);
    if (!one) {  // cut while it was written: those after it are whole
      first = one.error();
      continue;
    }
    if (one->size > newest_.size)
      return wrong("checkpoint: it signs " + std::to_string(newest_.size) +
                   " records, the one kept elsewhere " + std::to_string(one->size));
    older_.push_back(std::move(*one));
  }
  if (older_.empty() && !notes.empty()) return damage("the checkpoint kept elsewhere", first);
  std::sort(older_.begin(), older_.end(),
            [](const Checkpoint& a, const Checkpoint& b) { return a.size < b.size; });
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
    if (!history_.empty() && one->kept < history_.back().kept)
      return wrong(where + " takes back that records expired");
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
  if (!history_.empty() && newest_.kept < history_.back().kept)
    return wrong("checkpoint: it takes back that records expired");
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
  return compare_with_older(tree);
}

Status Walk::compare_with_older(const TileTree& tree) {
  for (; compared_older_ < older_.size() && older_[compared_older_].size == tree.size();
       ++compared_older_)
    if (older_[compared_older_].root != tree.root())
      return wrong("the first " + std::to_string(tree.size()) +
                   " records are not those that the checkpoint kept elsewhere signed");
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
  for (const std::string& name : *names) {
    if (name == names->front()) begin_at(name);
    if (auto ok = walk_segment(name, name == names->back()); !ok) return ok;
  }
  if (in_segments_ >= newest_.size) return {};
  return wrong("segments: they end at record " + std::to_string(in_segments_) + ", but " +
               std::to_string(newest_.size) + " were signed");
}

// Records before `kept` may be gone; those that still stand are looked at.
void Walk::begin_at(const std::string& name) {
  const auto reader = SegmentReader::open(directory_, name);
  if (!reader || reader->first() > newest_.kept || reader->first() == 0) return;
  first_ = reader->first();
  in_segments_ = first_ - 1;
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
                          EntryReader& entries) {
  const std::string where = "record " + std::to_string(frame.position);
  const auto payload = open_frame(keys_->seal.reveal(), head.name, frame.position, frame.sealed);
  if (!payload) return damage(where, payload.error());
  const auto record = decode(*payload);
  if (!record) return damage(where, record.error());
  if (record->event == Event::kStoreAccepted) accepted_.push_back(frame.position);
  if (frame.position > newest_.size) return {};
  const auto signed_entry = entries.at(frame.position - 1);
  if (!signed_entry) return damage(where, signed_entry.error());
  if (*signed_entry != leaf_entry(keys_->salt.reveal(), head, frame.position, *payload))
    return wrong(where + ": it is not the one in the tree");
  return {};
}

// A held record proves itself by its salt, whether its segment stands or not.
Status Walk::walk_cases() {
  if (keys_ == nullptr) return {};
  const auto names = case_names(directory_);
  if (!names) return damage("cases", names.error());
  for (const std::string& name : *names) {
    const auto file = CaseFile::open(directory_, name, keys_->seal.reveal());
    if (!file) return damage("cases/" + name, file.error());
    EntryReader entries(directory_, newest_.size);
    for (std::uint64_t from = 1; from != 0;) {
      const auto page = file->read(from, 1000, keys_->seal.reveal());
      if (!page) return damage("cases/" + name, page.error());
      for (const Placed& placed : page->records) {
        if (placed.position > newest_.size) continue;  // not yet signed
        const auto entry = entries.at(placed.position - 1);
        if (!entry) return damage("cases/" + name, entry.error());
        if (*entry != entry_of(placed.salt, placed.payload))
          return wrong("cases/" + name + ": record " + std::to_string(placed.position) +
                       " is not the one in the tree");
      }
      held_ += page->records.size();
      from = page->next;
    }
  }
  return {};
}

// A store with fewer changes than before is an older one: somebody must have accepted it, and the
// record of that is signed together with the smaller number.
Status Walk::compare_store_marks() {
  std::vector<Checkpoint> all = history_;
  all.push_back(newest_);
  std::uint64_t told = 0;  // times that records still kept must account for
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (!all[i].store || !all[i - 1].store) continue;
    if (all[i].store->sequence >= all[i - 1].store->sequence) continue;
    ++went_back_;
    if (keys_ == nullptr || all[i - 1].size < first_) continue;
    const auto known =
        std::count_if(accepted_.begin(), accepted_.end(),
                      [&](std::uint64_t position) { return position <= all[i].size; });
    if (static_cast<std::uint64_t>(known) < ++told)
      return wrong("a checkpoint of " + all[i].time +
                   " saw an older store, and nobody is on record who accepted it");
  }
  return {};
}

Verification Walk::result() const {
  return {newest_.size,
          first_ - 1,
          held_,
          went_back_,
          in_segments_ - newest_.size,
          history_.size(),
          newest_.time,
          verifier_->text()};
}

}  // namespace

Result<Verification> verify(const std::string& directory, const std::string& origin,
                            const Keys* keys, std::string_view older) {
  if (!exists(directory)) return fail(ErrorCode::kNotFound, "no audit log in " + directory);
  Walk walk(directory, keys);
  if (auto ok = walk.find_verifier(origin); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.read_checkpoints(); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.read_older(older); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.walk_tree(); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.walk_segments(); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.walk_cases(); !ok) return tl::unexpected(ok.error());
  if (auto ok = walk.compare_store_marks(); !ok) return tl::unexpected(ok.error());
  return walk.result();
}

}  // namespace kerros::audit
