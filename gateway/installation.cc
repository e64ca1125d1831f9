#include "gateway/installation.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <limits>
#include <optional>

#include "crypto/derive.h"
#include "gateway/complaint.h"
#include "gateway/transfer/upload_session.h"

namespace kerros {
namespace {

Error explain(const Error& error, std::string_view why, std::string_view hint) {
  if (error.detail.find('\n') != std::string::npos) return error;  // says so itself
  return complain(error.code, error.detail, why, hint).value();
}

Error explain_store(const Error& error, const Config& config) {
  switch (error.code) {
    case ErrorCode::kConflict:
      return explain(error, "a gateway or another kerros command holds " + config.store.directory,
                     "stop it, or wait for it; with a gateway running, commands ask it by " +
                         config.admin.socket);
    case ErrorCode::kNotFound:
      return explain(error, "the store or what opens it is not where " + config.file + " says",
                     "check store.directory and unseal.key_file, or make an installation with "
                     "`kerros init DIR`");
    case ErrorCode::kNotAuthentic:
      return explain(error, "the key does not belong to this store, or bytes of it were changed",
                     "check the key file or passphrase; if they are right, restore the store from "
                     "a backup");
    case ErrorCode::kFull:
      return explain(error, "the disk, a map or lockable memory has no room left",
                     "make room, or raise store.items_map_gib or `ulimit -l`");
    default:
      return explain(error, "the store in " + config.store.directory + " cannot be used as it is",
                     "check the owner and permissions of its files");
  }
}

Error explain_log(const Error& error, const Config& config) {
  switch (error.code) {
    case ErrorCode::kConflict:
      return explain(error, "another process writes the log in " + config.audit.directory,
                     "stop it; one installation has one log");
    case ErrorCode::kNotAuthentic:
      return explain(error, "the log in " + config.audit.directory + " is not what was signed",
                     "keep a copy of it for the investigation and restore it from a backup");
    default:
      return explain(error, "nothing protected is done without a log that can be written",
                     "check " + config.audit.directory + ": room, owner, permissions");
  }
}

Status make_private_directory(const std::string& path, std::string_view key) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  if (errno != EEXIST)
    return complain(ErrorCode::kUnavailable, "cannot make the directory " + path,
                    std::generic_category().message(errno),
                    "change `" + std::string(key) + "` or the permissions of what it lies in");
  // Its name may be known to others, and shared places as /dev/shm let them be first.
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
      status.st_uid == ::geteuid() && (status.st_mode & 022u) == 0)
    return {};
  return complain(ErrorCode::kUnavailable, "the directory " + path + " cannot be trusted",
                  "it is not a directory of this user's that nobody else can write to",
                  "remove it, or change `" + std::string(key) + "`");
}

Result<std::unique_ptr<keystore::KeyStore>> open_store(const Config& config,
                                                       keystore::UnsealWith unseal) {
  for (const auto& [path, key] : {std::pair(config.store.sessions, "store.sessions"),
                                  std::pair(config.store.spool, "store.spool")})
    if (auto ok = make_private_directory(path, key); !ok) return tl::unexpected(ok.error());
  keystore::StoreParams params;
  params.directory = config.store.directory;
  params.sessions_directory = config.store.sessions;
  params.items_map_bytes = config.store.items_map_gib << 30;
  params.sessions_map_bytes = config.store.sessions_map_mib << 20;
  auto store = keystore::KeyStore::open(std::move(params), std::move(unseal));
  if (!store) return tl::unexpected(explain_store(store.error(), config));
  return store;
}

Result<keystore::Id> find_unit(const Config& config, const keystore::KeyStore& store) {
  std::optional<keystore::Id> only;
  bool several = false;
  for (const auto& key : store.unit_keys()) {
    if (!config.unit.empty() && key.unit_name == config.unit) return key.unit;
    if (only && *only != key.unit) several = true;
    only = key.unit;
  }
  if (config.unit.empty() && only && !several) return *only;
  if (config.unit.empty())
    return complain(ErrorCode::kMalformed, config.file + ": `unit` is empty",
                    "the store knows several units, and one must seal where no rule names one",
                    "`kerros key list` shows them");
  return complain(ErrorCode::kNotFound, config.file + ": no unit is named \"" + config.unit + "\"",
                  "the store holds no key of that unit", "`kerros key list` shows them");
}

// Upload sessions outlive the process: the outcome of their intents is still to come.
Result<std::vector<std::uint64_t>> live_intents(const keystore::KeyStore& store) {
  const auto sessions = store.expired_sessions(std::numeric_limits<keystore::UnixMillis>::max());
  if (!sessions) return tl::unexpected(sessions.error());
  std::vector<std::uint64_t> intents;
  for (const auto& id : *sessions) {
    const auto record = store.find_session(id);
    if (!record) return tl::unexpected(record.error());
    const auto state = transfer::decode_session(record->state);
    if (!state) return tl::unexpected(state.error());
    intents.push_back(state->intent);
  }
  return intents;
}

// `begins_again`: whatever log was here before, an operator said that it is lost.
Result<std::unique_ptr<audit::Log>> open_log(const Config& config, const Installation& parts,
                                             bool begins_again) {
  auto keys = audit_keys(*parts.store);
  if (!keys) return tl::unexpected(explain_store(keys.error(), config));
  auto intents = live_intents(*parts.store);
  if (!intents) return tl::unexpected(explain_store(intents.error(), config));
  const auto mark = [store = parts.store.get()] {
    const auto head = store->head();
    return audit::StoreMark{head.sequence, head.set_hash};
  };
  audit::LogParams params{config.audit.directory, parts.origin, mark, now_ms, std::move(*intents)};
  params.begins_again = begins_again;
  params.second_place = config.audit.checkpoint_copy;
  params.retention_months = config.audit.retention_months;
  params.forget = [store = parts.store.get()](std::uint64_t before) -> Status {
    for (keystore::Id after{};;) {
      const auto slice = store->forget_people(before, after);
      if (!slice) return tl::unexpected(slice.error());
      if (slice->complete) return {};
      after = slice->last;
    }
  };
  auto log = audit::Log::open(std::move(params), std::move(*keys));
  if (!log) return tl::unexpected(explain_log(log.error(), config));
  return log;
}

Result<std::unique_ptr<Installation>> open_parts(const Config& config, keystore::UnsealWith unseal,
                                                 bool begins_again = false) {
  auto backend = crypto::choose_backend(config.sealing.backend);
  if (!backend)
    return tl::unexpected(explain(backend.error(), "no cipher is used that failed its self-test",
                                  "set sealing.backend = \"auto\""));
  auto store = open_store(config, std::move(unseal));
  if (!store) return tl::unexpected(store.error());
  auto parts = std::make_unique<Installation>();
  parts->backend = std::move(backend->backend);
  parts->backend_passed_over = std::move(backend->passed_over);
  parts->store = std::move(*store);
  parts->origin = config.audit.origin.empty() ? "kerros/" + to_hex(parts->store->tenant())
                                              : config.audit.origin;
  auto unit = find_unit(config, *parts->store);
  if (!unit) return tl::unexpected(unit.error());
  parts->unit = *unit;
  auto log = open_log(config, *parts, begins_again);
  if (!log) return tl::unexpected(log.error());
  parts->log = std::move(*log);
  return parts;
}

// Empty when the store is the one that the newest checkpoint saw, or a later state of it. The log
// keeps the newest mark it ever signed, so that opening twice does not make an old store right.
std::string mismatch(const std::optional<audit::StoreMark>& last, const keystore::StoreHead& head) {
  if (!last) return "the audit log has never seen a store";
  const std::string counts = "the store is at change " + std::to_string(head.sequence) +
                             ", the audit log saw change " + std::to_string(last->sequence);
  if (head.sequence < last->sequence) return counts;
  if (head.sequence == last->sequence && head.set_hash != last->set_hash)
    return counts + " with other records";
  return "";
}

// An installation begins with a record in its log: an empty log is not the one that belongs here.
// Nothing is written into it, or the next start would find it no longer empty.
Error refuse_log(const Config& config) {
  return complain(
             ErrorCode::kNotAuthentic, "the audit log in " + config.audit.directory + " is empty",
             "it was removed, or audit.directory names another place",
             "put the log back; if it is lost for good, `kerros store accept-restore` begins a "
             "new one")
      .value();
}

Error refuse_store(Installation& parts, const Config& config, const std::string& difference) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = audit::Event::kStoreMismatch;
  record.actor = "kerros";
  record.right = "start";
  record.source = "store";
  record.target = audit::as_field(config.store.directory);
  record.status = "refused: " + difference;
  const auto written = parts.log->append_and_wait(std::move(record));
  return complain(ErrorCode::kNotAuthentic,
                  "the store in " + config.store.directory + " is not the one last seen here",
                  difference + (written ? "" : "; the log could not be written either"),
                  "put the newest store back; if this one was restored on purpose, "
                  "`kerros store accept-restore`")
      .value();
}

}  // namespace

Result<std::unique_ptr<Installation>> Installation::open(const Config& config,
                                                         keystore::UnsealWith unseal) {
  auto parts = open_parts(config, std::move(unseal));
  if (!parts) return parts;
  auto& log = *(*parts)->log;
  if (log.size() == 0) return tl::unexpected(refuse_log(config));
  const auto difference = mismatch(log.last_store_mark(), (*parts)->store->head());
  if (!difference.empty()) return tl::unexpected(refuse_store(**parts, config, difference));
  return parts;
}

Result<std::unique_ptr<Installation>> Installation::open_accepting(const Config& config,
                                                                   keystore::UnsealWith unseal,
                                                                   audit::Record reason) {
  const bool begins_again = reason.event == audit::Event::kStoreAccepted;
  auto parts = open_parts(config, std::move(unseal), begins_again);
  if (!parts) return parts;
  auto& log = *(*parts)->log;
  const auto before = log.last_store_mark().value_or(audit::StoreMark{});
  const auto head = (*parts)->store->head();
  reason.details.emplace_back("log-saw-change", std::to_string(before.sequence));
  reason.details.emplace_back("store-at-change", std::to_string(head.sequence));
  if (auto ok = log.append_and_wait(std::move(reason)); !ok)
    return tl::unexpected(explain_log(ok.error(), config));
  if (auto ok = log.accept_store(); !ok) return tl::unexpected(explain_log(ok.error(), config));
  return parts;
}

Result<audit::Keys> audit_keys(const keystore::KeyStore& store) {
  const auto derived = [&](crypto::Purpose purpose) { return store.derived_key(purpose, {}); };
  auto seal = derived(crypto::Purpose::kAuditSeal);
  auto salt = derived(crypto::Purpose::kAuditSalt);
  auto sign = derived(crypto::Purpose::kAuditSign);
  for (const auto* key : {&seal, &salt, &sign})
    if (!*key) return tl::unexpected(key->error());
  return audit::Keys{std::move(*seal), std::move(*salt), std::move(*sign)};
}

std::uint64_t now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace kerros
