#include "tools/status_screen.h"

#include <array>
#include <cstdio>

#include "tools/output.h"

namespace kerros::tools {
namespace {

std::string number(const Json& value) { return std::to_string(value.get<std::uint64_t>()); }
std::string text(const Json& value) { return printable(value.get<std::string>()); }

// "51.2 GiB"
std::string amount(const Json& bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  if (bytes.is_null()) return "-";
  auto value = static_cast<double>(bytes.get<std::uint64_t>());
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  std::array<char, 32> line{};
  std::snprintf(line.data(), line.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return line.data();
}

std::string line(const std::string& title, const std::string& what) {
  return title + std::string(title.size() < 11 ? 11 - title.size() : 1, ' ') + what + "\n";
}

std::string gateway_lines(const Json& status) {
  const auto& gateway = status.at("gateway");
  if (!gateway.is_object()) return line("gateway", "not running");
  std::string doors = "graph " + text(gateway.at("graph_listen"));
  if (gateway.contains("proxy"))
    for (const auto& [name, field] :
         {std::pair("proxy", "listen"), std::pair("redirect", "redirect_listen")})
      if (const auto where = text(gateway.at("proxy").at(field)); !where.empty())
        doors += std::string(", ") + name + " " + where;
  return line("gateway", "since " + cell(gateway.at("started")) + ", " +
                             number(gateway.at("workers")) + " workers, " +
                             number(gateway.at("connections")) + " connections, " +
                             number(gateway.at("transfers")) + " transfers") +
         line("doors", doors) +
         line("cipher", text(status.at("cipher")) + ", TLS by " + text(gateway.at("tls")));
}

std::string cloud_line(const Json& cloud) {
  if (cloud.is_null()) return "";
  return line("cloud", text(cloud.at("host")) +
                           (cloud.at("reached").get<bool>()
                                ? " reached in " + number(cloud.at("milliseconds")) + " ms"
                                : " not reached"));
}

std::string store_lines(const Json& status) {
  const auto& store = status.at("store");
  const auto& audit = status.at("audit");
  const auto& checkpoint = audit.at("checkpoint");
  return line("store", number(store.at("items")) + " records, " + amount(store.at("bytes")) +
                           " of " + amount(store.at("room_bytes")) + ", change " +
                           number(store.at("change"))) +
         line("log",
              number(audit.at("records")) + " records, " +
                  (checkpoint.is_null() ? "no checkpoint"
                                        : "checkpoint at " + number(checkpoint.at("records")) +
                                              ", " + cell(checkpoint.at("written"))));
}

// Versions that seal or are about to; the others are in `kerros key list`.
std::string key_lines(const Json& keys) {
  std::string lines;
  for (const auto& key : keys)
    if (key.at("state") == "active" || key.at("state") == "pending")
      lines +=
          line("key", text(key.at("unit")) + " version " + number(key.at("version")) + " " +
                          text(key.at("state")) + ", " + number(key.at("age_days")) + " days old");
  return lines;
}

std::string host_lines(const Json& status) {
  std::string ends;
  for (const auto& one : status.at("certificates"))
    ends += (ends.empty() ? "" : ", ") + text(one.at("name")) + " " +
            text(one.at("ends")).substr(0, 10) + " (" +
            std::to_string(one.at("days_left").get<std::int64_t>()) + " days)";
  std::string room;
  for (const auto& one : status.at("disks"))
    room += (room.empty() ? "" : ", ") + text(one.at("name")) + " " + amount(one.at("free_bytes"));
  return (ends.empty() ? "" : line("ends", ends)) + line("free", room);
}

std::string refusals_line(const Json& refusals) {
  if (refusals.is_null()) return "";
  std::string names;
  for (const auto& [name, count] : refusals.at("refused").items())
    names += (names.empty() ? "" : ", ") + printable(name) + " " + number(count);
  return line("refused", (names.empty() ? "nothing" : names) + " in " +
                             number(refusals.at("hours")) + " hours" +
                             (refusals.at("whole").get<bool>() ? "" : " or less"));
}

}  // namespace

std::string status_screen(const Json& status) {
  std::string screen =
      line("kerros", text(status.at("version")) +
                         (status.at("ready").get<bool>() ? ", ready" : ", not ready"));
  screen += gateway_lines(status) + cloud_line(status.at("cloud")) + store_lines(status) +
            key_lines(status.at("keys")) + host_lines(status) +
            refusals_line(status.at("refusals"));
  for (const auto& [list, title] :
       {std::pair("problems", "PROBLEM"), std::pair("warnings", "warn")})
    for (const auto& one : status.at(list))
      screen += line(title, text(one.at("name")) + ": " + text(one.at("what")));
  return screen;
}

}  // namespace kerros::tools
