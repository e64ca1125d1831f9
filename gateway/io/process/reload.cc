#include "gateway/io/process/reload.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "gateway/config_check.h"
#include "gateway/config_keys.h"
#include "gateway/io/upstream/upstream.h"

namespace kerros::io {

namespace {

struct Reread {
  Config file;                           // as it is written now
  std::shared_ptr<const Snapshot> next;  // as it holds: doors, store and library are not exchanged
};

Result<Reread> reread(const Config& running, const BoundPorts& ports) {
  auto file = load_config(running.file);
  if (!file) return tl::unexpected(file.error());
  *file = with_ports(*std::move(file), ports);
  Config holds = *file;
  config::keep_restart_values(running, holds);
  if (auto ok = config::check(holds); !ok) return tl::unexpected(ok.error());
  auto next = Snapshot::make(std::move(holds));
  if (!next) return tl::unexpected(next.error());
  return Reread{*std::move(file), *std::move(next)};
}

Status publish(Snapshots& snapshots, Installation& installation, Reread read) {
  constexpr std::size_t kMostLines = 60;
  const auto before = snapshots.current();
  auto record = process_record(audit::Event::kConfigLoaded, before->config.file, "done");
  for (const auto& line : difference(before->config, read.file)) {
    const bool room = record.details.size() < kMostLines;
    record.details.emplace_back("difference", room ? audit::as_field(line) : "...");
    if (!room) break;
  }
  const auto logged = installation.log->append_and_wait(std::move(record));
  if (!logged) return tl::unexpected(logged.error());
  for (const auto& key : needs_restart(before->config, read.file))
    spdlog::warn("reload: {} takes effect at the next start", key);
  spdlog::set_level(spdlog::level::from_str(read.next->config.log_level));
  snapshots.publish(std::move(read.next));
  spdlog::info("configuration reloaded");
  return {};
}

}  // namespace

audit::Record process_record(audit::Event event, std::string_view target, std::string status) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = event;
  record.actor = "kerros-gateway";
  record.right = "process";
  record.source = "pid " + std::to_string(::getpid());
  record.target = audit::as_field(target);
  record.status = std::move(status);
  return record;
}

Config with_ports(Config config, const BoundPorts& ports) {
  if (config.graph_door.listen.ends_with(":0"))
    config.graph_door.name += ":" + std::to_string(ports.graph);
  std::string& proxy = config.proxy.listen;
  if (proxy.ends_with(":0")) proxy.replace(proxy.size() - 1, 1, std::to_string(ports.proxy));
  return config;
}

void reload(Snapshots& snapshots, Installation& installation, const BoundPorts& ports) {
  const auto before = snapshots.current();
  auto read = reread(before->config, ports);
  const Status published =
      read ? publish(snapshots, installation, *std::move(read)) : tl::unexpected(read.error());
  if (published) return;
  const std::string why = audit::as_field(published.error().detail);
  spdlog::error("reload refused, the old configuration stays: {}", why);
  auto record = process_record(audit::Event::kConfigRefused, before->config.file, "refused");
  record.details.emplace_back("why", why);
  installation.log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

}  // namespace kerros::io
