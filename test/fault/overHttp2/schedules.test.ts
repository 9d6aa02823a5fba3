import '../../support/overHttp2';
import '../schedules.test';
