#pragma once
/// Reads what an AnnData file knows of its cells (obs) and genes (var), as every anndata since 0.6 has written it.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/table.hpp>
#include <tepui/io/hdf5_attributes.hpp>
#include <tepui/io/hdf5_records.hpp>

namespace tepui::io::anndata {

using hdf5::family;

/// The values of a categorical column as text: labels, or numbers written as short as they can be read back.
template <class Array>
std::vector<std::string> category_texts(const Array& a) {
  if (a.holds().text()) return a.texts();
  std::vector<std::string> out;
  if (a.holds().whole_number()) {
    for (const std::int64_t v : a.whole_numbers()) out.push_back(std::to_string(v));
  } else if (a.holds().what == family::boolean) {
    for (const std::uint8_t v : a.booleans()) out.push_back(v == 1 ? "True" : "False");
  } else {
    for (const double v : a.template numbers<double>()) out.push_back(shortest(v));
  }
  return out;
}

/// Codes and categories as one column.                errors  bad_data where a code is below -1 or beyond the categories
template <class Array>
categorical labelled(const Array& codes, std::vector<std::string> category, bool ordered) {
  if (category.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    codes.fail("it has too many categories");
  categorical out;
  const std::vector<std::int64_t> wide = codes.whole_numbers();
  out.code.reserve(wide.size());
  for (std::size_t row = 0; row < wide.size(); ++row) {
    if (wide[row] < -1 || wide[row] >= isize(category.size()))
      codes.fail("row " + std::to_string(row) + " holds category " + std::to_string(wide[row]) + ", and there are " +
                 std::to_string(category.size()) + "; the column is damaged: write the file again");
    out.code.push_back(static_cast<std::int32_t>(wide[row]));
  }
  out.category = std::move(category);
  out.ordered = ordered;
  return out;
}

/// Values without a mark for missing ones; NaN stays in numbers.
template <class Array>
table_column plain_column(const Array& a, const std::vector<std::uint8_t>* missing = nullptr) {
  const auto optional_of = [&](auto values, auto convert) {
    std::vector<std::optional<decltype(convert(values[0]))>> out;
    out.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (missing != nullptr && (*missing)[i] != 0) {
        out.emplace_back(std::nullopt);
      } else {
        out.emplace_back(convert(std::move(values[i])));
      }
    }
    return table_column(std::move(out));
  };
  switch (a.holds().what) {
    case family::whole:
    case family::natural:
      return optional_of(a.whole_numbers(), [](std::int64_t v) { return v; });
    case family::boolean:
      return optional_of(a.booleans(), [](std::uint8_t v) { return v == 1; });
    case family::fixed_text:
    case family::free_text:
      return optional_of(a.texts(), [](std::string v) { return v; });
    case family::real: {
      std::vector<double> values = a.template numbers<double>();
      if (missing != nullptr)
        for (std::size_t i = 0; i < values.size(); ++i)
          if ((*missing)[i] != 0) values[i] = std::numeric_limits<double>::quiet_NaN();
      return values;
    }
    default:
      a.fail("it holds " + a.holds().in_words() + "; remove the column or write it as numbers or text");
  }
}

/// A dataset of exactly n rows.                       errors  bad_data naming both lengths
inline hdf5::dataset column_of_length(hdf5::source& from, const std::string& path, std::uint64_t n) {
  hdf5::dataset d(from, path);
  if (d.dims().size() != 1 || d.dims()[0] != n)
    d.fail("it has " + std::to_string(d.size()) + " rows, and the index of its table has " + std::to_string(n) +
           "; write the file again");
  return d;
}

/// One column of a table that is a group: array, categorical (new, and legacy with `__categories`), or nullable.
inline table_column read_column(hdf5::source& from, const std::string& table_path, const std::string& name, std::uint64_t n) {
  const std::string path = table_path + "/" + name;
  if (from.at(path) == hdf5::item::dataset) {
    const hdf5::dataset d = column_of_length(from, path, n);
    if (!hdf5::has_attribute(from, path, "categories")) return plain_column(d);
    const std::string categories = table_path + "/__categories/" + name;
    const bool ordered =
        hdf5::has_attribute(from, categories, "ordered") && hdf5::attribute(from, categories, "ordered").truth();
    return labelled(d, category_texts(hdf5::dataset(from, categories)), ordered);
  }
  const std::string encoding = hdf5::text_attribute(from, path, "encoding-type").value_or("");
  if (encoding == "categorical") {
    const bool ordered = hdf5::has_attribute(from, path, "ordered") && hdf5::attribute(from, path, "ordered").truth();
    return labelled(column_of_length(from, path + "/codes", n), category_texts(hdf5::dataset(from, path + "/categories")),
                    ordered);
  }
  if (encoding == "nullable-integer" || encoding == "nullable-boolean" || encoding == "nullable-string-array") {
    const std::vector<std::uint8_t> missing = column_of_length(from, path + "/mask", n).booleans();
    return plain_column(column_of_length(from, path + "/values", n), &missing);
  }
  from.fail(path, "its encoding-type is " + in_quotes(encoding) +
                      ", which is not read here; write the column as numbers, text or categories");
}

/// A table of records: anndata up to 0.6. Whole-number fields with categories in uns are labels.
inline table read_records(hdf5::source& from, const std::string& path) {
  const hdf5::dataset records(from, path);
  if (records.holds().what != family::compound || records.dims().size() != 1)
    records.fail("it should be a table and holds " + records.holds().in_words() + "; write the file again");
  const std::vector<std::string> names = hdf5::field_names(records);
  table out;
  bool has_index = false;
  for (unsigned i = 0; i < names.size(); ++i) {
    const hdf5::field f(records, names[i], i);
    if (!has_index && (names[i] == "index" || names[i] == "_index")) {
      out.index = category_texts(f);
      has_index = true;
      continue;
    }
    const std::string categories = "/uns/" + names[i] + "_categories";
    if (f.holds().whole_number() && from.at(categories) == hdf5::item::dataset) {
      out.columns.emplace_back(names[i], labelled(f, category_texts(hdf5::dataset(from, categories)), false));
    } else {
      out.columns.emplace_back(names[i], plain_column(f));
    }
  }
  if (!has_index) records.fail("it has no field 'index' with the names of its rows; write the file again with a newer anndata");
  return out;
}

/// The name of the dataset that holds row names.      errors  bad_data where there is none
inline std::string index_name(hdf5::source& from, const std::string& path) {
  if (const auto named = hdf5::text_attribute(from, path, "_index")) return *named;
  for (const char* usual : {"_index", "index"})
    if (from.has(path + "/" + usual)) return usual;
  from.fail(path,
            "it does not say which column holds the names of its rows (attribute _index); write the file again with anndata");
}

/// obs, var or raw/var.
/// out    columns in the file's order; a column that is named twice, or stands beside the named ones, is checked for its length
/// only errors bad_data naming file, column and row: absent index or columns, lengths that differ, codes beyond the categories
inline table read_table(hdf5::source& from, const std::string& path) {
  if (from.at(path) == hdf5::item::dataset) return read_records(from, path);
  if (from.at(path) != hdf5::item::group)
    from.fail(path, "it is absent, and the file cannot be read without it; write the file again with anndata");
  table out;
  const std::string index = index_name(from, path);
  const hdf5::dataset index_column(from, path + "/" + index);
  if (index_column.dims().size() != 1) index_column.fail("it should be one column; write the file again");
  out.index = category_texts(index_column);
  const std::uint64_t n = out.index.size();

  const std::vector<std::string> there = from.names_in(path);
  std::vector<std::string> order;
  if (hdf5::has_attribute(from, path, "column-order")) {
    const hdf5::attribute listed(from, path, "column-order");
    if (listed.size() > 0) order = listed.texts();
  } else {
    for (const std::string& name : there)
      if (name != index && name != "__categories") order.push_back(name);
  }
  for (const std::string& name : order)
    if (name != index && out.find(name) == nullptr) out.columns.emplace_back(name, read_column(from, path, name, n));
  for (const std::string& name : there)
    if (name != index && out.find(name) == nullptr && from.at(path + "/" + name) == hdf5::item::dataset)
      (void)column_of_length(from, path + "/" + name, n);
  return out;
}

}  // namespace tepui::io::anndata
