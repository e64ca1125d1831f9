// Versions of unit keys, seen from the records: who stands under which, moving them, and changes of
// the keys themselves between two groups of writes.
#include <future>

#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/rewrap.h"
#include "keystore/version_index.h"

namespace kerros::keystore {
namespace {

// Rows of one read transaction: a long reader would keep freed pages from being used.
constexpr std::size_t kRowsPerLook = 16'384;
// Records of one write: a few milliseconds, so that an upload behind it does not notice.
constexpr std::size_t kMovesPerWrite = 512;

// The version that a record should stand under, when it is another than the one it has.
const UnitKeyInfo* better_version(const UnitKeys& units, const Id& unit, const VersionId& version) {
  const UnitKeyInfo* own = units.info(version);
  if (own == nullptr || (unit != Id{} && own->unit != unit)) return nullptr;
  const UnitKeyInfo* active = units.active_of(own->unit);
  return active == nullptr || id_of(*active) == version ? nullptr : active;
}

}  // namespace

Result<std::map<VersionId, std::uint64_t>> Items::count_versions() const {
  std::map<VersionId, std::uint64_t> counts;
  Id last{};
  bool more = true;
  while (more) {
    auto txn = ReadTxn::begin(*env_);
    if (!txn) return tl::unexpected(txn.error());
    std::size_t rows = 0;
    more = false;
    const auto visit = [&](ByteView key, ByteView stored) {
      const Id id = id_of(key);
      if (id == last) return true;
      if (++rows > kRowsPerLook) {
        more = true;
        return false;
      }
      last = id;
      ++counts[version_of_item(stored)];
      return true;
    };
    if (auto ok = (*txn)->walk(env_->db(kRecords), last, visit); !ok)
      return tl::unexpected(ok.error());
  }
  return counts;
}

// Reads and computes in the caller's thread; the committer only compares and stores.
Result<Rewrapped> Items::rewrap_some(const RewrapParams& params, MutableByteView scratch) {
  const auto units = ring_.now();
  Rewrapped done;
  auto found = find_movable(*units, params, done);
  if (!found) return tl::unexpected(found.error());
  std::vector<Move> moves;
  moves.reserve(found->size());
  for (auto& [id, before] : *found) {
    auto record = decode_item(keys_, id, before);
    if (!record) return tl::unexpected(record.error());
    const UnitKeyInfo* to = better_version(*units, params.unit, version_of(record->sealed));
    if (auto ok = move_wrap(*units, *to, record->sealed, scratch); !ok)
      return tl::unexpected(ok.error());
    moves.push_back(
        {id, id_of(*to), record->sealed.unit, std::move(before), encode_item(keys_, *record)});
  }
  if (moves.empty()) return done;
  const auto moved = committer_->submit_and_wait(
      [&](WriteTxn& txn) { return apply_moves(txn, moves, done.moved); });
  if (!moved) return tl::unexpected(moved.error());
  return done;
}

Result<std::vector<std::pair<Id, Bytes>>> Items::find_movable(const UnitKeys& units,
                                                              const RewrapParams& params,
                                                              Rewrapped& seen) const {
  std::vector<std::pair<Id, Bytes>> found;
  const std::size_t most = std::min(params.most, kMovesPerWrite);
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  std::size_t rows = 0;
  seen.last = params.after;
  seen.complete = true;
  const auto visit = [&](ByteView key, ByteView stored) {
    const Id id = id_of(key);
    if (id == params.after) return true;
    if (++rows > kRowsPerLook || found.size() == most) {
      seen.complete = false;
      return false;
    }
    seen.last = id;
    if (better_version(units, params.unit, version_of_item(stored)) != nullptr)
      found.emplace_back(id, Bytes(stored.begin(), stored.end()));
    return true;
  };
  if (auto ok = (*txn)->walk(env_->db(kRecords), params.after, visit); !ok)
    return tl::unexpected(ok.error());
  return found;
}

// A record that changed meanwhile is left to the next pass, and so is one whose unit has an even
// newer version by now: nothing may come to stand under a version that is no longer active.
Status Items::apply_moves(WriteTxn& txn, const std::vector<Move>& moves, std::uint64_t& moved) {
  if (!has_room_)
    return fail(ErrorCode::kFull, "the map of " + env_->directory() + " is nearly full");
  moved = 0;  // the committer may try a group twice
  const auto units = ring_.now();
  for (const Move& move : moves) {
    const UnitKeyInfo* active = units->active_of(move.unit);
    if (active == nullptr || id_of(*active) != move.to) continue;
    auto stored = txn.get(env_->db(kRecords), move.id);
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored || !std::ranges::equal(**stored, move.before)) continue;
    if (auto ok = txn.put(env_->db(kRecords), move.id, move.after); !ok) return ok;
    working_.leave(keys_, kRecordsDb, move.id, move.before);
    working_.enter(keys_, kRecordsDb, move.id, move.after);
    ++moved;
  }
  return {};
}

// The head that others may remember covers records and keys. It is shown when both are durable: a
// process that ends in between leaves a newer change number, and never two stores of the same one.
Status Items::change_keys(const std::function<Status()>& write) {
  std::promise<Status> answer;
  committer_->submit(
      [this](WriteTxn& txn) {
        head_waits_ = true;
        return touch(txn);
      },
      [&](Status status) {
        if (status) status = write();
        show_head();
        answer.set_value(std::move(status));
      });
  return answer.get_future().get();
}

}  // namespace kerros::keystore
