// KeyStore::create: a whole new store made beside its place and moved there.

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "crypto/random.h"
#include "keystore/fd.h"
#include "keystore/items.h"
#include "keystore/key_store.h"
#include "keystore/keys_file.h"
#include "keystore/layout.h"
#include "keystore/unit_keys.h"

namespace kerros::keystore {
namespace {

Result<std::vector<KeyRow>> first_rows(const CreateParams& params, const crypto::RootKey& root,
                                       const StoreKeys& keys) {
  auto sealed = seal_root(root, params.unseal, params.directory);
  if (!sealed) return tl::unexpected(sealed.error());
  auto kek = crypto::Kek::random();
  if (!kek) return tl::unexpected(kek.error());
  UnitKeyInfo info;
  crypto::fill_random(info.unit);
  crypto::fill_random(info.kek);
  info.unit_name = params.unit_name;
  info.version = 1;
  info.state = KeyState::kActive;
  info.created = params.now;
  Id tenant{};
  crypto::fill_random(tenant);
  std::vector<KeyRow> rows;
  rows.push_back(store_row(keys, tenant, params.now));
  rows.push_back(root_row(*sealed));
  rows.push_back(unit_row(keys, info.unit, info.unit_name, params.now));
  rows.push_back(kek_row(keys, info, &*kek));
  return rows;
}

Status write_keys(const std::string& store, const StoreKeys& keys, std::span<const KeyRow> rows) {
  Head head("keys");
  for (const auto& [key, value] : rows) head.enter(keys, "rows", key, value);
  head.advance();
  return write_keys_file(store, keys, rows, head);
}

Status write_items(const std::string& store, const StoreKeys& keys) {
  constexpr std::uint64_t kMapBytes = std::uint64_t{1} << 20;  // of this moment only
  auto env = Env::open(Items::env_params(items_directory(store), kMapBytes));
  if (!env) return tl::unexpected(env.error());
  auto txn = WriteTxn::begin(**env);
  if (!txn) return tl::unexpected(txn.error());
  Head head("items");
  head.advance();
  if (auto ok = (*txn)->put((*env)->db(Items::kHead), as_bytes(kHeadKey), head.encode(keys)); !ok)
    return ok;
  return (*txn)->commit();
}

Status fill(const std::string& draft, const CreateParams& params) {
  auto root = crypto::RootKey::random();
  if (!root) return tl::unexpected(root.error());
  auto keys = StoreKeys::derive(*root);
  if (!keys) return tl::unexpected(keys.error());
  auto rows = first_rows(params, *root, *keys);
  if (!rows) return tl::unexpected(rows.error());
  for (const std::string& part : {draft, keys_directory(draft), items_directory(draft)})
    if (::mkdir(part.c_str(), 0700) != 0)
      return fail(ErrorCode::kUnavailable, "cannot make " + part + ": " + errno_text());
  if (auto ok = write_keys(draft, *keys, *rows); !ok) return ok;
  if (auto ok = write_items(draft, *keys); !ok) return ok;
  for (const std::string& part : {keys_directory(draft), items_directory(draft), draft})
    if (auto ok = sync_directory(part); !ok) return ok;
  return {};
}

}  // namespace

Status KeyStore::create(CreateParams params) {
  std::filesystem::path place(params.directory);
  if (!place.has_filename()) place = place.parent_path();  // "store/" is "store"
  const std::string target = place.string();
  const std::string draft = target + ".draft-" + std::to_string(::getpid());
  std::error_code ignored;
  const auto filled = fill(draft, params);
  // rename(2) replaces an empty directory and nothing else: no store is ever overwritten.
  Status outcome = filled;
  if (filled && std::rename(draft.c_str(), target.c_str()) != 0) {
    const bool exists = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR;
    outcome = exists ? fail(ErrorCode::kConflict, target + " exists already and is not empty")
                     : fail(ErrorCode::kUnavailable, "cannot make " + target + ": " + errno_text());
  }
  if (outcome) return sync_directory_of(target);
  std::filesystem::remove_all(draft, ignored);
  return outcome;
}

}  // namespace kerros::keystore
