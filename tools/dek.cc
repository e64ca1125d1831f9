#include "tools/dek.h"

#include "crypto/file_keys.h"
#include "tools/admin_client.h"

namespace kerros::tools {
namespace {

audit::Record reading(const crypto::Prefix& prefix, const std::string& file) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = audit::Event::kReadIntent;
  record.actor = audit::as_field(os_actor());
  record.right = "os-user";
  record.source = "cli";
  record.target = "key " + to_hex(prefix.header.key);
  record.status = "intent";
  record.details.emplace_back("key", to_hex(prefix.header.key));
  record.details.emplace_back("file", audit::as_field(file));
  return record;
}

Result<keystore::ItemRecord> find_record(const Installation& installation,
                                         const crypto::Prefix& prefix, const std::string& file) {
  auto record = installation.store->find(prefix.header.key);
  if (!record && record.error().code == ErrorCode::kNotFound)
    return complain(ErrorCode::kNotFound,
                    "this store does not know the key " + to_hex(prefix.header.key),
                    file + " was sealed by another installation, or its key was destroyed",
                    "`kerros inspect " + file + "` shows the tenant and unit that sealed it");
  if (!record) return record;
  // The record is authenticated by the store; a prefix that differs from it was changed.
  const auto& sealed = record->sealed;
  if (sealed.header != prefix.header_bytes || sealed.salt != prefix.salt ||
      sealed.commitment != prefix.commitment || sealed.recovery != prefix.recovery)
    return complain(
        ErrorCode::kNotAuthentic, "cannot open " + file + ": it is not authentic",
        "its prefix is not the one that was stored with this key",
        "fetch the file again; the version history of the cloud may hold the right one");
  return record;
}

}  // namespace

Result<crypto::SecretBytes> read_dek(int fd) {
  auto text = read_passphrase(fd);
  auto dek = crypto::SecretBytes::make(crypto::kDekSize);
  if (!dek) return dek;
  if (text && from_hex(as_text(text->reveal()), dek->reveal())) return dek;
  return complain(
      ErrorCode::kMalformed, "cannot read the key from descriptor " + std::to_string(fd),
      "a file's key is 64 hexadecimal digits on one line", "for example: --dek-fd 3 3< FILE");
}

Status StoredDek::use(const std::function<Status(ByteView dek)>& use) const {
  const auto runs = gateway_answers(config.admin.socket);
  if (!runs) return tl::unexpected(runs.error());
  if (*runs)
    return complain(ErrorCode::kConflict, "a gateway is running and holds the store",
                    "it hands out files, never keys",
                    "download the file through it, stop it first, or give the key by --dek-fd");
  auto unseal = unseal_with(config, globals);
  if (!unseal) return tl::unexpected(unseal.error());
  auto installation = Installation::open(config, std::move(*unseal));
  if (!installation) return tl::unexpected(installation.error());
  const auto record = find_record(**installation, prefix, file);
  if (!record) return tl::unexpected(record.error());

  auto& log = *(*installation)->log;
  auto outcome = reading(prefix, file);
  const auto intent = log.append_and_wait(outcome);
  if (!intent) return tl::unexpected(intent.error());
  const auto dek = (*installation)->store->unlock(record->sealed);
  Status used = dek ? use(dek->reveal()) : Status(tl::unexpected(dek.error()));
  outcome.time_ms = now_ms();
  outcome.event = audit::Event::kReadDone;
  outcome.status = used ? "done" : std::string("failed: ") + name(used.error().code);
  outcome.intent = *intent;
  if (auto ok = log.append_and_wait(std::move(outcome)); !ok) return tl::unexpected(ok.error());
  return used;
}

}  // namespace kerros::tools
