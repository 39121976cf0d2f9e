"""Counts what a database reads for a statement, which says without a clock whether its cost grows."""

import re

from sqlalchemy import Engine

from tests.support.statement_log import Statement

# SQLite calls back after so many instructions of its virtual machine.
INSTRUCTIONS = 10


def rows_read(engine: Engine, statement: Statement) -> int:
    """Return how many rows a server reads for a statement, or the tens of instructions that SQLite runs."""
    sql, parameters = statement
    with engine.connect() as connection:
        match engine.dialect.name:
            case "sqlite":
                calls: list[None] = []
                driver = connection.connection.driver_connection
                driver.set_progress_handler(lambda: calls.append(None), INSTRUCTIONS)
                connection.exec_driver_sql(sql, parameters).all()
                driver.set_progress_handler(None, 0)
                return len(calls)
            case "postgresql":
                # Small tables are rather read whole than by their indexes.
                connection.exec_driver_sql("SET LOCAL random_page_cost = 0.01")
                for way in ("seqscan", "hashjoin", "mergejoin"):
                    connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
                plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN ANALYZE {sql}", parameters).scalars())
                nodes = re.findall(r"actual .*?rows=(\d+) loops=(\d+)", plan)
                removed = sum(map(int, re.findall(r"Rows Removed by \w+: (\d+)", plan)))
                return sum(int(rows) * int(loops) for rows, loops in nodes) + removed
            case _:
                connection.exec_driver_sql("FLUSH STATUS")
                connection.exec_driver_sql(sql, parameters).all()
                counts = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'").all()
                return sum(int(count) for _, count in counts)
