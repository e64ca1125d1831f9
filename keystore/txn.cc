#include "keystore/txn.h"

#include <lmdb.h>

#include <cstring>

namespace kerros::keystore {
namespace {

// LMDB takes void* for what it only reads.
MDB_val in(ByteView bytes) { return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())}; }

ByteView out(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;

}  // namespace

Txn::~Txn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

Error Txn::error(int code, std::string_view doing) const {
  return lmdb_error(code, doing, env_.directory());
}

Result<std::optional<ByteView>> Txn::get(DbHandle db, ByteView key) {
  MDB_val k = in(key);
  MDB_val v{};
  const int rc = mdb_get(txn_, db, &k, &v);
  if (rc == MDB_NOTFOUND) return std::optional<ByteView>{};
  if (rc != 0) return tl::unexpected(error(rc, "reading"));
  return std::optional<ByteView>(out(v));
}

Status Txn::walk(DbHandle db, ByteView from, const Visit& visit) {
  MDB_cursor* raw = nullptr;
  if (const int rc = mdb_cursor_open(txn_, db, &raw); rc != 0)
    return tl::unexpected(error(rc, "reading"));
  const Cursor cursor(raw);
  MDB_val k = in(from);
  MDB_val v{};
  int rc = mdb_cursor_get(raw, &k, &v, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  while (rc == 0 && visit(out(k), out(v))) rc = mdb_cursor_get(raw, &k, &v, MDB_NEXT);
  if (rc != 0 && rc != MDB_NOTFOUND) return tl::unexpected(error(rc, "reading"));
  return {};
}

Status Txn::walk_down(DbHandle db, ByteView below, const Visit& visit) {
  MDB_cursor* raw = nullptr;
  if (const int rc = mdb_cursor_open(txn_, db, &raw); rc != 0)
    return tl::unexpected(error(rc, "reading"));
  const Cursor cursor(raw);
  MDB_val k = in(below);
  MDB_val v{};
  int rc = mdb_cursor_get(raw, &k, &v, MDB_SET_RANGE);
  rc = mdb_cursor_get(raw, &k, &v, rc == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
  while (rc == 0 && visit(out(k), out(v))) rc = mdb_cursor_get(raw, &k, &v, MDB_PREV);
  if (rc != 0 && rc != MDB_NOTFOUND) return tl::unexpected(error(rc, "reading"));
  return {};
}

Result<std::unique_ptr<ReadTxn>> ReadTxn::begin(const Env& env) {
  MDB_txn* txn = nullptr;
  if (const int rc = mdb_txn_begin(env.raw(), nullptr, MDB_RDONLY, &txn); rc != 0)
    return tl::unexpected(lmdb_error(rc, "reading", env.directory()));
  return std::unique_ptr<ReadTxn>(new ReadTxn(env, txn));
}

Result<std::unique_ptr<WriteTxn>> WriteTxn::begin(const Env& env) {
  MDB_txn* txn = nullptr;
  if (const int rc = mdb_txn_begin(env.raw(), nullptr, 0, &txn); rc != 0)
    return tl::unexpected(lmdb_error(rc, "writing", env.directory()));
  return std::unique_ptr<WriteTxn>(new WriteTxn(env, txn));
}

Status WriteTxn::broken(int code, std::string_view doing) {
  if (!failure_) failure_ = error(code, doing);
  return tl::unexpected(*failure_);
}

Status WriteTxn::write(DbHandle db, ByteView key, ByteView value, unsigned flags) {
  if (failure_) return tl::unexpected(*failure_);
  MDB_val k = in(key);
  MDB_val v = in(value);
  const int rc = mdb_put(txn_, db, &k, &v, flags);
  if (rc == MDB_KEYEXIST) return fail(ErrorCode::kConflict, "the key exists already");
  if (rc != 0) return broken(rc, "writing");
  changed_ = true;
  return {};
}

Status WriteTxn::insert(DbHandle db, ByteView key, ByteView value) {
  return write(db, key, value, MDB_NOOVERWRITE);
}

Status WriteTxn::put(DbHandle db, ByteView key, ByteView value) { return write(db, key, value, 0); }

Status WriteTxn::erase(DbHandle db, ByteView key) {
  if (failure_) return tl::unexpected(*failure_);
  MDB_val k = in(key);
  const int rc = mdb_del(txn_, db, &k, nullptr);
  if (rc == MDB_NOTFOUND) return {};
  if (rc != 0) return broken(rc, "erasing");
  changed_ = true;
  return {};
}

Status WriteTxn::commit() {
  if (failure_) return tl::unexpected(*failure_);
  MDB_txn* txn = std::exchange(txn_, nullptr);  // gone whatever the outcome
  if (const int rc = mdb_txn_commit(txn); rc != 0) return tl::unexpected(error(rc, "committing"));
  return {};
}

}  // namespace kerros::keystore
