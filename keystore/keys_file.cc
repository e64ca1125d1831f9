#include "keystore/keys_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "keystore/fd.h"
#include "keystore/layout.h"
#include "keystore/txn.h"

namespace kerros::keystore {
namespace {

Status write_rows(const EnvParams& params, const StoreKeys& keys, std::span<const KeyRow> rows,
                  const Head& head) {
  auto env = Env::open(params);
  if (!env) return tl::unexpected(env.error());
  auto txn = WriteTxn::begin(**env);
  if (!txn) return tl::unexpected(txn.error());
  for (const auto& [key, value] : rows)
    if (auto ok = (*txn)->insert((*env)->db(0), key, value); !ok) return ok;
  if (auto ok = (*txn)->put((*env)->db(1), as_bytes(kHeadKey), head.encode(keys)); !ok) return ok;
  return (*txn)->commit();
}

Status write_draft(const std::string& store, const StoreKeys& keys, std::span<const KeyRow> rows,
                   const Head& head) {
  remove_keys_draft(store);
  const std::string draft = keys_draft_directory(store);
  if (::mkdir(draft.c_str(), 0700) != 0)
    return fail(errno == ENOSPC ? ErrorCode::kFull : ErrorCode::kUnavailable,
                "cannot make " + draft + ": " + errno_text());
  EnvParams params = keys_params(store);
  params.directory = draft;
  if (auto ok = write_rows(params, keys, rows, head); !ok) return ok;
  return sync_directory(draft);
}

}  // namespace

Status write_keys_file(const std::string& store, const StoreKeys& keys,
                       std::span<const KeyRow> rows, const Head& head) {
  return write_rows(keys_params(store), keys, rows, head);
}

Replaced replace_keys_file(const std::string& store, const StoreKeys& keys,
                           std::span<const KeyRow> rows, const Head& head) {
  const std::string draft = keys_draft_directory(store) + "/data.mdb";
  const std::string file = keys_directory(store) + "/data.mdb";
  Status written = write_draft(store, keys, rows, head);
  if (written && std::rename(draft.c_str(), file.c_str()) != 0)
    written = fail(ErrorCode::kUnavailable, "cannot replace " + file + ": " + errno_text());
  if (!written) {
    remove_keys_draft(store);
    return {false, std::move(written)};
  }
  Status durable = sync_directory(keys_directory(store));
  remove_keys_draft(store);
  return {true, std::move(durable)};
}

void remove_keys_draft(const std::string& store) {
  std::error_code ignored;
  std::filesystem::remove_all(keys_draft_directory(store), ignored);
}

}  // namespace kerros::keystore
