// Splices into an answer what is to be said of its items: the inside of graph/rewrite_item.h.
//
// Each object is edited once, whatever asks for it: two removals beside each other would meet at
// their comma.
// Thread safety: pure function.
#pragma once

#include <string>
#include <string_view>

#include "gateway/graph/answer_shape.h"
#include "gateway/graph/rewrite_item.h"

namespace kerros::graph {

std::string edit_answer(std::string_view json, JsonText& text, const AnswerShape& shape,
                        const Rewrite& edits);

}  // namespace kerros::graph
