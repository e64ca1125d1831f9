#include "tools/status_screen.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "gateway/admin/finding.h"
#include "tools/language.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

using admin::filled;

constexpr std::size_t kTitleWidth = 14;

std::string number(const Json& value) { return std::to_string(value.get<std::int64_t>()); }
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

// Titles of other languages have letters of two bytes.
std::string line(const std::string& title, const std::string& what) {
  const auto width = static_cast<std::size_t>(std::ranges::count_if(
      title, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  return title + std::string(width < kTitleWidth ? kTitleWidth - width : 1, ' ') + what + "\n";
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all;
}

std::string doors_of(const Json& gateway) {
  std::vector<std::string> doors = {filled(tr("Graph {0}"), {text(gateway.at("graph_listen"))})};
  if (!gateway.contains("proxy")) return joined(doors);
  const auto& proxy = gateway.at("proxy");
  if (const auto where = text(proxy.at("listen")); !where.empty())
    doors.push_back(filled(tr("proxy {0}"), {where}));
  if (const auto where = text(proxy.at("redirect_listen")); !where.empty())
    doors.push_back(filled(tr("redirect {0}"), {where}));
  return joined(doors);
}

std::string gateway_lines(const Json& status) {
  const auto& gateway = status.at("gateway");
  if (!gateway.is_object()) return line(tr("gateway"), tr("not running"));
  return line(tr("gateway"),
              filled(tr("since {0}, {1} workers, {2} connections, {3} transfers"),
                     {cell(gateway.at("started")), number(gateway.at("workers")),
                      number(gateway.at("connections")), number(gateway.at("transfers"))})) +
         line(tr("doors"), doors_of(gateway)) +
         line(tr("cipher"),
              filled(tr("{0}, TLS by {1}"), {text(status.at("cipher")), text(gateway.at("tls"))}));
}

std::string cloud_line(const Json& cloud) {
  if (cloud.is_null()) return "";
  const auto host = text(cloud.at("host"));
  return line(tr("cloud"),
              cloud.at("reached").get<bool>()
                  ? filled(tr("{0} reached in {1} ms"), {host, number(cloud.at("milliseconds"))})
                  : filled(tr("{0} not reached"), {host}));
}

std::string store_lines(const Json& status) {
  const auto& store = status.at("store");
  const auto& audit = status.at("audit");
  const auto& checkpoint = audit.at("checkpoint");
  const auto records = number(audit.at("records"));
  return line(tr("store"), filled(tr("{0} records, {1} of {2}, change {3}"),
                                  {number(store.at("items")), amount(store.at("bytes")),
                                   amount(store.at("room_bytes")), number(store.at("change"))})) +
         line(tr("log"), checkpoint.is_null() ? filled(tr("{0} records, no checkpoint"), {records})
                                              : filled(tr("{0} records, checkpoint at {1}, {2}"),
                                                       {records, number(checkpoint.at("records")),
                                                        cell(checkpoint.at("written"))}));
}

// Versions that seal or are about to; the others are in `kerros key list`.
std::string key_lines(const Json& keys) {
  std::string lines;
  for (const auto& key : keys) {
    const std::vector<std::string> values = {text(key.at("unit")), number(key.at("version")),
                                             number(key.at("age_days"))};
    if (key.at("state") == "active")
      lines += line(tr("key"), filled(tr("{0} version {1} seals, {2} days old"), values));
    if (key.at("state") == "pending")
      lines += line(tr("key"), filled(tr("{0} version {1} is pending, {2} days old"), values));
  }
  return lines;
}

std::string title_of_place(const std::string& name) {
  if (name == "store") return tr("store");
  if (name == "log") return tr("log");
  if (name == "sessions") return tr("sessions");
  if (name == "spool") return tr("spool");
  return name;
}

std::string host_lines(const Json& status) {
  std::vector<std::string> ends;
  for (const auto& one : status.at("certificates")) {
    const std::vector<std::string> values = {text(one.at("ends")).substr(0, 10),
                                             number(one.at("days_left"))};
    ends.push_back(one.at("name") == "door"
                       ? filled(tr("certificate {0} ({1} days)"), values)
                       : filled(tr("proxy's authority {0} ({1} days)"), values));
  }
  std::vector<std::string> room;
  for (const auto& one : status.at("disks"))
    room.push_back(title_of_place(text(one.at("name"))) + " " + amount(one.at("free_bytes")));
  return (ends.empty() ? "" : line(tr("ends"), joined(ends))) + line(tr("free"), joined(room));
}

std::string refusals_line(const Json& refusals) {
  if (refusals.is_null()) return "";
  std::vector<std::string> names;
  for (const auto& [name, count] : refusals.at("refused").items())
    names.push_back(printable(name) + " " + number(count));
  const std::vector<std::string> values = {names.empty() ? tr("nothing") : joined(names),
                                           number(refusals.at("hours"))};
  return line(tr("refused"), refusals.at("whole").get<bool>()
                                 ? filled(tr("{0} in {1} hours"), values)
                                 : filled(tr("{0} in {1} hours or less"), values));
}

// What a gateway of another version found may be unknown here: it then stands as it was said.
std::string sentence(const Json& found) {
  const auto row = std::ranges::find(admin::findings(), found.at("name").get<std::string>(),
                                     &admin::FindingRow::name);
  if (row == admin::findings().end() || !found.contains("values")) return text(found.at("what"));
  return printable(filled(tr(row->text), found.at("values").get<std::vector<std::string>>()));
}

}  // namespace

std::string status_screen(const Json& status) {
  const auto version = text(status.at("version"));
  std::string screen =
      line("kerros", status.at("ready").get<bool>() ? filled(tr("{0}, ready"), {version})
                                                    : filled(tr("{0}, not ready"), {version}));
  screen += gateway_lines(status) + cloud_line(status.at("cloud")) + store_lines(status) +
            key_lines(status.at("keys")) + host_lines(status) +
            refusals_line(status.at("refusals"));
  for (const auto& one : status.at("problems"))
    screen += line(tr("PROBLEM"), text(one.at("name")) + ": " + sentence(one));
  for (const auto& one : status.at("warnings"))
    screen += line(tr("warning"), text(one.at("name")) + ": " + sentence(one));
  return screen;
}

}  // namespace kerros::tools
