"""Appendix 1 of the regulation v3.0: what the system consists of, and who owns what.

The texts are the regulation's own, punctuation and unpaired quotes included: the nightly
reconciliation and the printed appendix compare with them. What is ours is `code` and `integration`.
"""

from dataclasses import dataclass

from models.requests import Integration

_DI = "Департамент информатизации Тюменской области"
_RIO = (
    "Государственное автономное учреждение дополнительного образования Тюменской области"
    " «Региональный информационно-образовательный центр»"
)


@dataclass(frozen=True)
class AppendixSubsystem:
    """A row of the table of subsystems.

    Attributes:
        number: As printed: «1», «1.1».
        code: Ours, stable.
        title: The name without Moodle's version.
        version: The release of Moodle in 2019; empty where none is given.
        address: Empty where the appendix has none.
        purpose: «Определение (назначение)».
        owner: The owner's full name.
        integration: How the engine works on it; None for a module, which holds no courses itself.
        parent: Code of the subsystem that a module belongs to.
    """

    number: str
    code: str
    title: str
    version: str
    address: str
    purpose: str
    owner: str
    integration: Integration | None
    parent: str | None = None


@dataclass(frozen=True)
class AppendixCategory:
    """A row of the table of categories, all of them in the subsystem `edu`.

    Attributes:
        number: As printed.
        title: The category's name.
        purpose: «Определение (назначение)».
        owner: The owner's full name.
    """

    number: int
    title: str
    purpose: str
    owner: str


SUBSYSTEMS = (
    AppendixSubsystem(
        number="1",
        code="edu",
        title="Единая платформа",
        version="3.7.2",
        address="https://edu.admtyumen.ru",
        purpose="Подсистема, обеспечивающая автоматизацию процессов деятельности органов и организаций в"
        " сфере электронного (дистанционного) обучения и тестирования.",
        owner=_DI,
        integration=Integration.MOODLE,
    ),
    AppendixSubsystem(
        number="1.1",
        code="edu-signup",
        title="Модуль «Запись на обучение»",
        version="",
        address="",
        purpose="Модуль подсистемы «Единая платформа», обеспечивающий автоматизацию процессов записи на"
        " обучение",
        owner=_RIO,
        integration=None,
        parent="edu",
    ),
    AppendixSubsystem(
        number="2",
        code="eledu",
        title="Избирком",
        version="2.8.5",
        address="http://eledu.admtyumen.ru",
        purpose="Подсистема, обеспечивающая автоматизацию процессов электронного обучения и тестирования"
        " участников избирательного процесса в ТО",
        owner="Центральная избирательная комиссия Тюменской области",
        integration=Integration.MOODLE,
    ),
    AppendixSubsystem(
        number="3",
        code="eiok",
        title="ЭИОК",
        version="3.3.2",
        address="https://eiok.72to.ru",
        purpose="Подсистема, обеспечивающая автоматизацию процессов электронного обучения и тестирования для"
        " подготовки населения ТО по вопросам гражданской обороны и защиты от чрезвычайных ситуаций"
        " природного и техногенного характера, пожарной безопасности и безопасности людей на водных объектах",
        owner="Государственное казённое учреждение Тюменской области «Тюменская областная служба"
        " Экстренного реагирования»",
        integration=Integration.MOODLE,
    ),
    AppendixSubsystem(
        number="4",
        code="local",
        title="Локальное тестирование",
        version="",
        address="",
        purpose="Специализированная подсистема тестирования должностных лиц исполнительных органов"
        " государственной власти ТО и органов местного самоуправления ТО, устанавливаемый непосредственно на"
        " рабочих местах пользователей",
        owner=_DI,
        integration=Integration.MANUAL,
    ),
)

CATEGORIES = (
    AppendixCategory(
        1,
        'Курсы в рамках программы "Расширяя горизонты"',
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования граждан ТО компьютерной грамотности",
        _RIO,
    ),
    AppendixCategory(
        2,
        "Государственные служащие",
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования государственных служащих ТО.",
        _DI,
    ),
    AppendixCategory(
        3,
        "Кадровый резерв",
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования граждан, претендующих на замещение должностей государственной гражданской и/или"
        " муниципальной службы в ТО",
        "Аппарат Губернатора Тюменской области",
    ),
    AppendixCategory(
        4,
        "Медицина",
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования для работников медицинских организаций государственной и муниципальной системы"
        " здравоохранения ТО",
        "Департамент здравоохранения Тюменской области",
    ),
    AppendixCategory(
        5,
        'АИС "Электронная школа Тюменской области"',
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования пользователей подсистемы «Электронная школа» РЕГИСО, включая модуль «Учет питания».",
        _RIO,
    ),
    AppendixCategory(
        6,
        'АИС "Система взаимодействия экстренных оперативных служб при вызовах по единому номеру "112"',
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        ' тестирования по АИС "Система взаимодействия экстренных оперативных служб при вызовах по единому'
        ' номеру "112".',
        _RIO,
    ),
    AppendixCategory(
        7,
        "ИТ-диктант",
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования граждан ТО компьютерной грамотности",
        _RIO,
    ),
    AppendixCategory(
        8,
        'Элективный профориентационный курс "Перспектива"',
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования для граждан ТО в части специализированного профессионального образования.",
        "Департамент труда и занятости населения Тюменской области",
    ),
    AppendixCategory(
        9,
        "Обучение граждан предпенсионного возраста",
        "Категория учебных курсов, обеспечивающая автоматизацию процессов электронного обучения и"
        " тестирования граждан предпенсионного возраста",
        _RIO,
    ),
)
