#include "keystore/env.h"

#include <lmdb.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace kerros::keystore {
namespace {

constexpr unsigned kReaders = 512;
constexpr std::uint64_t kNoRoomBelow = std::uint64_t{1} << 20;

// LMDB reports a short write as EIO, and a short write is how a filling disk first shows.
bool disk_is_full(const std::string& directory) {
  struct statvfs info{};
  if (::statvfs(directory.c_str(), &info) != 0) return false;
  return std::uint64_t{info.f_bavail} * info.f_frsize < kNoRoomBelow;
}

}  // namespace

Error lmdb_error(int code, std::string_view doing, const std::string& directory) {
  const std::string text = std::string(doing) + " in " + directory + ": " + mdb_strerror(code);
  switch (code) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case MDB_DBS_FULL:
    case MDB_READERS_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {ErrorCode::kFull, text};
    case MDB_NOTFOUND:
      return {ErrorCode::kNotFound, text};
    case MDB_KEYEXIST:
      return {ErrorCode::kConflict, text};
    case EIO:
      return {disk_is_full(directory) ? ErrorCode::kFull : ErrorCode::kUnavailable, text};
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
    case MDB_BAD_VALSIZE:
    case MDB_CURSOR_FULL:
      return {ErrorCode::kNotAuthentic, "the store is damaged: " + text};
    default:
      return {ErrorCode::kUnavailable, text};
  }
}

Result<std::unique_ptr<Env>> Env::open(const EnvParams& params) {
  std::unique_ptr<Env> env(new Env);
  env->directory_ = params.directory;
  int rc = mdb_env_create(&env->env_);
  if (rc == 0) rc = mdb_env_set_mapsize(env->env_, params.map_bytes);
  if (rc == 0) rc = mdb_env_set_maxdbs(env->env_, static_cast<MDB_dbi>(params.databases.size()));
  if (rc == 0) rc = mdb_env_set_maxreaders(env->env_, kReaders);
  // NOTLS: a read transaction belongs to its object, not to its thread. Never NOMEMINIT (heap would
  // leak to disk) and never WRITEMAP (a full disk would be a signal instead of an error).
  unsigned flags = MDB_NOTLS;
  if (!params.durable) flags |= MDB_NOSYNC | MDB_NOMETASYNC;
  if (rc == 0) rc = mdb_env_open(env->env_, params.directory.c_str(), flags, 0600);
  if (rc != 0) return tl::unexpected(lmdb_error(rc, "opening", params.directory));
  int dead = 0;
  mdb_reader_check(env->env_, &dead);
  if (auto opened = env->open_databases(params.databases); !opened)
    return tl::unexpected(opened.error());
  return env;
}

Status Env::open_databases(const std::vector<std::string>& names) {
  // A read-only look first: an existing environment is opened without writing a byte.
  MDB_txn* txn = nullptr;
  for (const unsigned flags : {unsigned{MDB_RDONLY}, 0U}) {
    int rc = mdb_txn_begin(env_, nullptr, flags, &txn);
    handles_.assign(names.size(), 0);
    for (std::size_t i = 0; rc == 0 && i < names.size(); ++i)
      rc = mdb_dbi_open(txn, names[i].c_str(), flags == 0 ? MDB_CREATE : 0, &handles_[i]);
    if (rc == 0)
      rc = mdb_txn_commit(txn);
    else if (txn != nullptr)
      mdb_txn_abort(txn);
    if (rc == 0) return {};
    if (rc != MDB_NOTFOUND || flags == 0)
      return tl::unexpected(lmdb_error(rc, "opening databases", directory_));
    txn = nullptr;
  }
  return {};
}

std::uint64_t Env::pages() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  if (mdb_env_info(env_, &info) != 0 || mdb_env_stat(env_, &stat) != 0) return 0;
  return info.me_mapsize / stat.ms_psize;
}

std::uint64_t Env::pages_left(std::uint64_t enough) const {
  MDB_envinfo info{};
  if (mdb_env_info(env_, &info) != 0) return 0;
  const std::uint64_t all = pages();
  const std::uint64_t used = info.me_last_pgno + 1;
  std::uint64_t left = all > used ? all - used : 0;
  if (left >= enough) return left;
  // Near the end: add what LMDB's list of freed pages holds (database 0; each value begins with a
  // count). Only a read transaction may look at it.
  constexpr MDB_dbi kFreed = 0;
  MDB_txn* txn = nullptr;
  if (mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn) != 0) return left;
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(txn, kFreed, &cursor) == 0) {
    MDB_val key{};
    MDB_val value{};
    while (left < enough && mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
      std::size_t count = 0;
      if (value.mv_size >= sizeof(count)) std::memcpy(&count, value.mv_data, sizeof(count));
      left += count;
    }
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(txn);
  return left;
}

Env::~Env() {
  if (env_ != nullptr) mdb_env_close(env_);
}

}  // namespace kerros::keystore
