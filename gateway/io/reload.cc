#include "gateway/io/reload.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "gateway/io/upstream.h"

namespace kerros::io {

namespace {

Status publish(Snapshots& snapshots, Installation& installation,
               std::shared_ptr<const Snapshot> next) {
  constexpr std::size_t kMostLines = 60;
  const auto before = snapshots.current();
  auto record = process_record(audit::Event::kConfigLoaded, before->config.file, "done");
  for (const auto& line : difference(before->config, next->config)) {
    const bool room = record.details.size() < kMostLines;
    record.details.emplace_back("difference", room ? audit::as_field(line) : "...");
    if (!room) break;
  }
  const auto logged = installation.log->append_and_wait(std::move(record));
  if (!logged) return tl::unexpected(logged.error());
  for (const auto& key : needs_restart(before->config, next->config))
    spdlog::warn("reload: {} takes effect at the next start", key);
  spdlog::set_level(spdlog::level::from_str(next->config.log_level));
  snapshots.publish(std::move(next));
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
  auto config = load_config(before->config.file);
  auto next = config ? Snapshot::make(with_ports(*std::move(config), ports))
                     : Result<std::shared_ptr<const Snapshot>>(tl::unexpected(config.error()));
  const Status published =
      next ? publish(snapshots, installation, *std::move(next)) : tl::unexpected(next.error());
  if (published) return;
  const std::string why = audit::as_field(published.error().detail);
  spdlog::error("reload refused, the old configuration stays: {}", why);
  auto record = process_record(audit::Event::kConfigRefused, before->config.file, "refused");
  record.details.emplace_back("why", why);
  installation.log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

}  // namespace kerros::io
