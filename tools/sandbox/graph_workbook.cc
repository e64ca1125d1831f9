// A workbook of one sheet: the stored bytes read as comma-separated cells. Enough to show that the
// service reads and writes plain cells where it can.
#include <fstream>
#include <iterator>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/ids.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/renditions.h"
#include "tools/sandbox/target_reader.h"

namespace kerros::sandbox {
namespace {

constexpr const char* kSheet = "Sheet1";

Item& find_workbook(const GraphCall& call) {
  Item& item = find_item(call);
  if (item.folder || extension_of(item.name) != "xlsx") {
    throw Refusal(400, "BadRequest", "The file is no workbook");
  }
  return item;
}

Item& find_sheet(const GraphCall& call) {
  const std::string& sheet = call.target.relation[2];
  if (sheet != kSheet && sheet != "{0}") throw item_not_found();
  return find_workbook(call);
}

Cells read_cells(const Store& store, const Item& item) {
  std::ifstream in(store.blob(item.current()), std::ios::binary);
  return cells_of(std::string{std::istreambuf_iterator<char>(in), {}});
}

Json range_json(const std::string& address, const Cells& cells) {
  return {{"address", std::string(kSheet) + "!" + address},
          {"rowCount", cells.size()},
          {"columnCount", cells.front().size()},
          {"text", cells},
          {"values", cells}};
}

std::pair<std::size_t, std::size_t> asked_cell(const GraphCall& call) {
  std::size_t column = 0;
  std::size_t row = 0;
  const std::string address = argument(call.target.relation.back(), "address");
  if (!parse_cell(address, column, row)) throw bad_request("The address is not understood");
  return {column, row};
}

std::string value_of(const Json& body) {
  const Json& value = body.at("values").at(0).at(0);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

Reply list_worksheets(GraphCall& call) {
  const auto lock = call.store().lock();
  find_workbook(call);
  return json_reply(
      call.exchange, 200,
      {{"@odata.context", call.context("worksheets")},
       {"value",
        Json::array(
            {{{"id", "{0}"}, {"name", kSheet}, {"position", 0}, {"visibility", "Visible"}}})}});
}

Reply get_used_range(GraphCall& call) {
  const auto lock = call.store().lock();
  const Cells cells = read_cells(call.store(), find_sheet(call));
  return json_reply(call.exchange, 200, range_json("A1", cells));
}

Reply get_range(GraphCall& call) {
  const auto lock = call.store().lock();
  const Cells cells = read_cells(call.store(), find_sheet(call));
  const auto [column, row] = asked_cell(call);
  const bool there = row < cells.size() && column < cells[row].size();
  return json_reply(call.exchange, 200,
                    range_json(argument(call.target.relation.back(), "address"),
                               {{there ? cells[row][column] : ""}}));
}

Reply patch_range(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Item& item = find_sheet(call);
  check_unlocked(item, call.caller.oid);
  Cells cells = read_cells(call.store(), item);
  const auto [column, row] = asked_cell(call);
  if (cells.size() <= row) cells.resize(row + 1);
  if (cells[row].size() <= column) cells[row].resize(column + 1);
  cells[row][column] = value_of(body);
  const std::string bytes = bytes_of(cells);
  const std::filesystem::path file = call.store().incoming("cells-" + random_guid());
  std::ofstream(file, std::ios::binary) << bytes;
  QuickXor hash;
  hash.update(bytes);
  call.store().add_version(item, {file, bytes.size(), hash.base64_digest()}, call.caller.oid);
  return json_reply(
      call.exchange, 200,
      range_json(argument(call.target.relation.back(), "address"), {{cells[row][column]}}));
}

Reply create_workbook_session(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  find_workbook(call);
  return json_reply(call.exchange, 201,
                    {{"@odata.context", call.context("microsoft.graph.workbookSessionInfo")},
                     {"persistChanges", body.value("persistChanges", false)},
                     {"id", "cluster=EU&session=" + random_guid()}});
}

Reply end_workbook_session(GraphCall& call) {
  const auto lock = call.store().lock();
  find_workbook(call);
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

}  // namespace kerros::sandbox
