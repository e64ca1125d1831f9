// KeyStore::open: lock, check in children, unseal, and only then map.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "keystore/check.h"
#include "keystore/keys_file.h"
#include "keystore/layout.h"
#include "keystore/lmdb_store.h"
#include "keystore/record.h"

namespace kerros::keystore {
namespace {

constexpr std::size_t kDekSize = 32;

Result<Fd> take_lock(const std::string& path) {
  Fd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return fail(ErrorCode::kUnavailable, "cannot open " + path + ": " + errno_text());
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorCode::kConflict, "another process has this store open (" + path + ")");
  return lock;
}

Status make_private_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(ErrorCode::kUnavailable, "cannot make " + path + ": " + errno_text());
  return {};
}

}  // namespace

Result<std::unique_ptr<KeyStore>> KeyStore::open(StoreParams params, UnsealWith unseal) {
  return LmdbStore::open(params, unseal);
}

Result<std::unique_ptr<KeyStore>> LmdbStore::open(const StoreParams& params,
                                                  const UnsealWith& unseal) {
  const std::string keys_place = keys_directory(params.directory);
  if (std::error_code ignored; !std::filesystem::exists(keys_place, ignored))
    return fail(ErrorCode::kNotFound, "there is no key store in " + params.directory);
  auto lock = take_lock(lock_file(params.directory));
  if (!lock) return tl::unexpected(lock.error());

  auto rows = read_keys(keys_place, kKeysMapBytes);
  if (!rows) return tl::unexpected(rows.error());
  auto methods = root_rows(*rows);
  if (!methods) return tl::unexpected(methods.error());
  auto root = open_root(*methods, unseal, params.directory);
  if (!root) return tl::unexpected(root.error());
  auto keys = StoreKeys::derive(*root);
  if (!keys) return tl::unexpected(keys.error());
  auto keys_head = verify_keys(*keys, *rows);
  if (!keys_head) return tl::unexpected(keys_head.error());
  rows->pop_back();  // the head's own

  std::unique_ptr<LmdbStore> store(
      new LmdbStore(std::move(*lock), std::move(*root), std::move(*keys)));
  auto ring =
      KeyRing::load(store->keys_, params.directory, std::move(*rows), std::move(*keys_head));
  if (!ring) return tl::unexpected(ring.error());
  store->ring_ = std::move(*ring);
  store->tenant_ = store->ring_->now()->tenant();
  remove_keys_draft(params.directory);
  auto pool = crypto::SecretPool::make(params.transfer_slots, kDekSize);
  if (!pool) return tl::unexpected(pool.error());
  store->pool_ = std::move(*pool);
  // All checks before the first open: they fork, and no thread of ours may run while they do.
  auto head = check_items(store->keys_, items_directory(params.directory), params.items_map_bytes);
  if (!head) return tl::unexpected(head.error());
  if (auto ok = store->check_sessions_place(params); !ok) return tl::unexpected(ok.error());
  if (auto ok = store->open_environments(params, std::move(*head)); !ok)
    return tl::unexpected(ok.error());
  return store;
}

// Sessions that power loss damaged, or that belong to another store, are worth nothing: clients are
// told 404 and begin again.
Status LmdbStore::check_sessions_place(const StoreParams& params) {
  const std::string& directory = params.sessions_directory;
  if (auto ok = make_private_directory(directory); !ok) return ok;
  auto lock = take_lock(lock_file(directory));
  if (!lock) return tl::unexpected(lock.error());
  sessions_lock_ = std::move(*lock);
  std::error_code ignored;
  if (!std::filesystem::exists(directory + "/data.mdb", ignored)) return {};
  const auto sound = check_sessions(directory, params.sessions_map_bytes, sessions_owner());
  if (sound) return {};
  if (sound.error().code == ErrorCode::kUnavailable) return sound;
  std::filesystem::remove(directory + "/data.mdb", ignored);
  std::filesystem::remove(directory + "/lock.mdb", ignored);
  return {};
}

std::array<std::uint8_t, 32> LmdbStore::sessions_owner() const {
  return row_mac(keys_, kOwnerDb, tenant_, {});
}

Status LmdbStore::open_environments(const StoreParams& params, Head head) {
  auto env =
      Env::open(Items::env_params(items_directory(params.directory), params.items_map_bytes));
  if (!env) return tl::unexpected(env.error());
  auto items = Items::open(std::move(*env), keys_, *ring_, std::move(head));
  if (!items) return tl::unexpected(items.error());
  items_ = std::move(*items);

  env = Env::open(Sessions::env_params(params.sessions_directory, params.sessions_map_bytes));
  if (!env) return tl::unexpected(env.error());
  auto sessions = Sessions::open(std::move(*env), root_, *ring_, sessions_owner());
  if (!sessions) return tl::unexpected(sessions.error());
  sessions_ = std::move(*sessions);
  return {};
}

}  // namespace kerros::keystore
